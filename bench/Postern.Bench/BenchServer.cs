using Dapper;
using Microsoft.IdentityModel.Tokens;
using Postern.Server.Data;
using Postern.Server.Data.Secrets;
using Postern.Server.Hosting;

namespace Postern.Bench;

/// <summary>A server in this process, on a database with so many users and token rows.</summary>
public sealed class BenchServer : IAsyncDisposable
{
    public const string ClientRs256 = "bench-rs256";
    public const string ClientEs256 = "bench-es256";
    private readonly WebApplication app;

    private BenchServer(WebApplication app, HttpClient http) => (this.app, Http) = (app, http);

    public HttpClient Http { get; }

    public IServiceProvider Services => app.Services;

    public static async Task<BenchServer> StartAsync(DatabaseDriver driver, string connectionString, string folder, Uri wechat, long users, long tokens)
    {
        var port = StubWeChat.FreePort();
        var options = new PosternOptions
        {
            HttpPort = port,
            Driver = driver,
            ConnectionString = connectionString,
            Origin = $"http://127.0.0.1:{port}",
            OriginFrontend = $"http://127.0.0.1:{port}",
            WechatEndpoint = wechat,
            MasterKeyFile = Path.Combine(folder, "master.key"),
            RefusedTokenRequestsPerMinute = 0,
        };
        var app = await PosternServer.BuildAsync(options, TimeProvider.System, builder => builder.Logging.ClearProviders());
        await SeedAsync(app.Services, users, tokens);
        await app.StartAsync();
        return new BenchServer(app, new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(options.Origin) });
    }

    /// <summary>One sign-in of a returning user, as a Mini Program makes it.</summary>
    public async Task<bool> SignInAsync(string client, long person, long number)
    {
        using var content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes($"tag=wechat_miniprogram&client_id={client}&code=u{person}-{number}-{Environment.TickCount64}"));
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        using var response = await Http.PostAsync(new Uri("/api/login/oauth/access_token", UriKind.Relative), content);
        await response.Content.ReadAsByteArrayAsync();
        return response.IsSuccessStatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static async Task SeedAsync(IServiceProvider services, long users, long tokens)
    {
        var (database, secrets) = (services.GetRequiredService<Database>(), services.GetRequiredService<SecretStore>());
        var providerId = Guid.NewGuid().ToString();
        var appSecret = secrets.Protect(SecretColumn.ProviderSecret, providerId, "0123456789abcdef0123456789abcdef");
        await database.WriteAsync(async (c, t) =>
        {
            await c.ExecuteAsync(
                """
                insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                  enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                values ('bench', 'admin', 'bench', 1, '', 'bcrypt', '', '[]', false, false, false, 0, 0, '{}')
                """, transaction: t);
            await c.ExecuteAsync(
                """
                insert into providers (id, owner, name, created_time, display_name, category, type, client_id, client_secret, client_id2, client_secret2, open_platform, body)
                values (@providerId, 'admin', 'bench-mini', 1, '', 'OAuth', 'WeChatMiniProgram', 'wx0123456789abcdef', @appSecret, '', '', '', '{}')
                """, new { providerId, appSecret }, t);
            foreach (var (client, method) in new[] { (ClientRs256, "RS256"), (ClientEs256, SecurityAlgorithms.EcdsaSha256) })
            {
                await c.ExecuteAsync(
                    """
                    insert into applications (id, owner, name, created_time, organization, client_id, client_secret, display_name, enable_sign_up, enable_password,
                      disable_signin, is_shared, api_access, providers, grant_types, redirect_uris, scopes, cert, token_format, token_signing_method,
                      token_endpoint_auth_method, token_fields, token_attributes, expire_in_hours, refresh_expire_in_hours, cookie_expire_in_hours,
                      failed_signin_limit, failed_signin_frozen_time, body)
                    values (@client, 'admin', @client, 1, 'bench', @client, '', '', true, true, false, false, true, '[{"name":"bench-mini"}]', '[]', '[]', '[]',
                      '', 'JWT', @method, '', '[]', '[]', 0, 0, 0, 0, 0, '{}')
                    """, new { client, method }, t);
            }

            return Written.Keep(true);
        });
        await InStepsAsync(database, users,
            """
            insert into users (id, owner, name, created_time, updated_time, deleted_time, type, password, password_type, password_salt, display_name, avatar,
              display_name_by_signin, avatar_by_signin, email, phone, country_code, is_admin, is_forbidden, is_deleted, signup_application, last_signin_time,
              last_signin_ip, last_signin_wrong_time, signin_wrong_times, secrets, body)
            with recursive n(i) as (select @first union all select i + 1 from n where i < @last)
            select '01900000-0000-7000-8000-' || substr('000000000000' || i, length('000000000000' || i) - 11), 'bench', 'wechat-o' || i, i, i, 0, 'normal-user', '', '', '',
              '', '', false, false, '', '', '', false, false, false, 'bench-rs256', 0, '', 0, 0, '', '{}' from n
            """);
        await InStepsAsync(database, users,
            """
            insert into external_identities (organization, kind, issuer, subject, user_id, created_time)
            with recursive n(i) as (select @first union all select i + 1 from n where i < @last)
            select 'bench', 'openid', 'wx0123456789abcdef', 'o' || i, '01900000-0000-7000-8000-' || substr('000000000000' || i, length('000000000000' || i) - 11), 1 from n
            """);
        await InStepsAsync(database, tokens,
            """
            insert into tokens (id, grant_id, organization, application, user_id, user_name, grant_type, scope, created_time, expires_time)
            with recursive n(i) as (select @first union all select i + 1 from n where i < @last)
            select '01910000-0000-7000-8000-' || substr('000000000000' || i, length('000000000000' || i) - 11), '01920000-0000-7000-8000-' || substr('000000000000' || i, length('000000000000' || i) - 11),
              'bench', 'bench-rs256', 'u', 'u', 'urn', '', i, i from n
            """);
        if (users > 100_000)
        {
            await database.WriteAsync(async (c, t) => Written.Keep(await c.ExecuteAsync("analyze", transaction: t)));
        }
    }

    private static async Task InStepsAsync(Database database, long count, string sql)
    {
        const long step = 100_000;
        for (long first = 1; first <= count; first += step)
        {
            var last = Math.Min(count, first + step - 1);
            await database.WriteAsync(async (c, t) => Written.Keep(await c.ExecuteAsync(new CommandDefinition(sql, new { first, last }, t, commandTimeout: 300))));
        }
    }
}
