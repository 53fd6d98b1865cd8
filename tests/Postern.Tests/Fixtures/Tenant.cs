using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dapper;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;
using Postern.WeChat.Sandbox;

namespace Postern.Tests.Fixtures;

/// <summary>An organization with one application and one Mini Program, made for one test.</summary>
public sealed record Tenant(TestServer Server, string Organization, string Application, string ClientId, string ClientSecret, SandboxApp MiniProgram)
{
    /// <summary>What <c>wx.login()</c> gives this person.</summary>
    public string Code(string persona) => Server.WeChat.MintCode(MiniProgram.AppId, persona);

    /// <summary>The documented call.</summary>
    public Task<Answer> SignInAsync(string code, string? username = null, string? avatar = null, params (string, string)[] more)
    {
        var form = new List<(string, string)> { ("tag", "wechat_miniprogram"), ("client_id", ClientId), ("code", code) };
        if (username is not null)
        {
            form.Add(("username", username));
        }

        if (avatar is not null)
        {
            form.Add(("avatar", avatar));
        }

        return TokenAsync([.. form, .. more]);
    }

    public Task<Answer> RefreshAsync(string refreshToken, params (string, string)[] more) =>
        TokenAsync([("grant_type", "refresh_token"), ("client_id", ClientId), ("refresh_token", refreshToken), .. more]);

    public async Task<Answer> TokenAsync(params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(p => KeyValuePair.Create(p.Name, p.Value)));
        using var response = await Server.Http.PostAsync(new Uri("/api/login/oauth/access_token", UriKind.Relative), content);
        var answer = await Answer.OfAsync(response);
        // An unhandled exception is never an expected answer: show it where it happened.
        return answer is { Status: 500, Text: "" } ? throw new InvalidOperationException(string.Join('\n', Server.Log.Lines.Where(l => l.StartsWith("Error", StringComparison.Ordinal)))) : answer;
    }

    /// <summary>A client of the API as the application, which administers its organization and no other.</summary>
    public HttpClient AsApplication()
    {
        var http = new HttpClient { BaseAddress = Server.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:{ClientSecret}")));
        return http;
    }

    public async Task<IReadOnlyList<User>> UsersAsync() => await Server.Database.ReadAsync(async connection =>
    {
        var names = await connection.QueryAsync<string>("select name from users where owner = @Organization order by name", new { Organization });
        var users = new List<User>();
        foreach (var name in names)
        {
            users.Add((await Users.FindAsync(connection, Organization, name))!);
        }

        return users;
    });
}

/// <summary>One HTTP answer, read to its end.</summary>
public sealed record Answer(int Status, JsonElement Body, string Text, HttpResponseHeaders Headers)
{
    public string? this[string property] => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(property, out var value) ? value.ToString() : null;

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        JsonElement body = default;
        if (text.StartsWith('{') || text.StartsWith('['))
        {
            body = JsonDocument.Parse(text).RootElement;
        }

        return new Answer((int)response.StatusCode, body, text, response.Headers);
    }

    /// <summary>The claims of a JWT property, unverified.</summary>
    public JsonElement Claims(string property)
    {
        var payload = this[property]!.Split('.')[1];
        return JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(payload)).RootElement;
    }
}

public static class TenantExtensions
{
    public static async Task<Tenant> NewTenantAsync(this TestServer server, string columns = "", SandboxApp? miniProgram = null)
    {
        var id = Guid.NewGuid().ToString("N")[..10];
        var app = miniProgram ?? new SandboxApp { AppId = "wxsandbox" + id, AppSecret = Guid.NewGuid().ToString("N"), OpenPlatform = "platform-" + id };
        server.WeChat.Register(app);
        var (organization, application, provider, clientId, secret) = ("org-" + id, "app-" + id, "mini-" + id, "client-" + id, "secret-" + Guid.NewGuid().ToString("N"));
        var (applicationId, providerId) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var clientSecret = server.Secrets.Protect(SecretColumn.ApplicationSecret, applicationId, secret);
        var appSecret = server.Secrets.Protect(SecretColumn.ProviderSecret, providerId, app.AppSecret);
        await server.Database.WriteAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(
                """
                insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                  enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                values (@organization, 'admin', @organization, 1, '', 'bcrypt', '', '[]', false, false, false, 0, 0, '{}')
                """, new { organization }, transaction);
            await connection.ExecuteAsync(
                """
                insert into providers (id, owner, name, created_time, display_name, category, type, client_id, client_secret, client_id2, client_secret2, open_platform, body)
                values (@providerId, 'admin', @provider, 1, '', 'OAuth', 'WeChatMiniProgram', @AppId, @appSecret, '', '', '', '{}')
                """, new { providerId, provider, app.AppId, appSecret }, transaction);
            await connection.ExecuteAsync(
                """
                insert into applications (id, owner, name, created_time, organization, organization_id, client_id, client_secret, display_name, enable_sign_up, enable_password,
                  disable_signin, is_shared, api_access, providers, grant_types, redirect_uris, scopes, cert, token_format, token_signing_method,
                  token_endpoint_auth_method, token_fields, token_attributes, expire_in_hours, refresh_expire_in_hours, cookie_expire_in_hours,
                  failed_signin_limit, failed_signin_frozen_time, body)
                values (@applicationId, 'admin', @application, 1, @organization, @organization, @clientId, @clientSecret, '', true, true, false, false, 'organization', @providers, '[]', '[]', '[]',
                  '', 'JWT', '', '', '[]', '[]', 0, 0, 0, 0, 0, '{}')
                """, new { applicationId, application, organization, clientId, clientSecret, providers = $$"""[{"owner":"admin","name":"{{provider}}"}]""" }, transaction);
            if (columns.Length > 0)
            {
                await connection.ExecuteAsync($"update applications set {columns} where id = @applicationId", new { applicationId }, transaction);
                await connection.ExecuteAsync(
                    "update applications set organization_id = (select o.id from organizations o where o.name = applications.organization) where id = @applicationId", new { applicationId }, transaction);
            }

            return Written.Commit(true);
        });
        return new Tenant(server, organization, application, clientId, secret, app);
    }
}
