using Postern.Storage.Secrets;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;

namespace Postern.Tests.Identities;

internal static class SecondMiniProgram
{
    /// <summary>A second Mini Program of the tenant's application, of another Open Platform account.</summary>
    public static async Task<SandboxApp> AddMiniProgramAsync(this Tenant tenant)
    {
        var name = "second-" + Guid.NewGuid().ToString("N")[..8];
        var app = new SandboxApp { AppId = "wxsandbox" + name, AppSecret = "s" };
        tenant.Server.WeChat.Register(app);
        var id = Guid.NewGuid().ToString();
        await tenant.Server.ExecuteAsync(
            """
            insert into providers (id, owner, name, created_time, display_name, category, type, client_id, client_secret, client_id2, client_secret2, open_platform, body)
            values (@id, 'admin', @name, 1, '', 'OAuth', 'WeChatMiniProgram', @AppId, @secret, '', '', '', '{}')
            """, new { id, name, app.AppId, secret = tenant.Server.Secrets.Protect(SecretColumn.ProviderSecret, id, app.AppSecret) });
        await tenant.Server.ExecuteAsync(
            "update applications set providers = replace(providers, ']', @item) where name = @Application",
            new { tenant.Application, item = $$""",{"owner":"admin","name":"{{name}}"}]""" });
        return app;
    }
}
