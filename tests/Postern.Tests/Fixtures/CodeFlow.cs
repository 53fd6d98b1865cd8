using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Directory.Objects;
using Postern.Storage.Databases;

namespace Postern.Tests.Fixtures;

/// <summary>A web application of a tenant of its own, its one user ann, and her browser.</summary>
public sealed class CodeFlow : IDisposable
{
    public const string RedirectUri = "https://shop.example/callback";
    public const string Password = "right-password";
    public const string Verifier = "a-verifier-of-43-characters-or-more-0123456789";

    private CodeFlow(Tenant tenant, string userId) => (Tenant, UserId, Browser, Client) = (tenant, userId, new Browser(tenant.Server), new ClientHttp(tenant.Server));

    public static string Challenge { get; } = ChallengeOf(Verifier);

    public Tenant Tenant { get; }

    public string UserId { get; }

    public Browser Browser { get; }

    /// <summary>The application's own calls, without cookies.</summary>
    public ClientHttp Client { get; }

    public string Basic => ClientHttp.BasicOf(Tenant.ClientId, Tenant.ClientSecret);

    /// <param name="server">Where.</param>
    /// <param name="columns">Of the application, in SQL, beside its one redirect address.</param>
    public static async Task<CodeFlow> StartAsync(TestServer server, string columns = "")
    {
        var redirect = $$"""redirect_uris = '["{{RedirectUri}}"]'""";
        var tenant = await server.NewTenantAsync(columns.Length == 0 ? redirect : $"{redirect}, {columns}");
        return new CodeFlow(tenant, await AddUserAsync(tenant, "ann"));
    }

    public static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    public static async Task<string> AddUserAsync(Tenant tenant, string name, params (string Property, string Value)[] more)
    {
        var user = new System.Text.Json.Nodes.JsonObject { ["owner"] = tenant.Organization, ["name"] = name, ["password"] = Password };
        foreach (var (property, value) in more)
        {
            user[property] = value;
        }

        var store = new ObjectStore(tenant.Server.Secrets, tenant.Server.Clock);
        var prepared = store.PrepareAdd(ObjectKinds.User, user).Value!.Hashed(tenant.Server.Secrets);
        await tenant.Server.Database.WriteAsync(async (connection, transaction) => Written.Commit(await ObjectStore.AddAsync(connection, transaction, prepared)));
        return prepared.Id;
    }

    /// <summary>The address of an authorization request; a change to null leaves the parameter out.</summary>
    public string Address(params (string Name, string? Value)[] changes) =>
        QueryHelpers.AddQueryString("/login/oauth/authorize", Changed(
        [
            ("response_type", "code"), ("client_id", Tenant.ClientId), ("redirect_uri", RedirectUri), ("scope", "openid profile"), ("state", "the state"),
            ("nonce", "the nonce"), ("code_challenge", Challenge), ("code_challenge_method", "S256"),
        ], changes));

    /// <summary>Opens an authorization request and signs in where the page asks.</summary>
    public async Task<Visit> AuthorizeAsync(params (string Name, string? Value)[] changes)
    {
        var page = await Browser.OpenAsync(Address(changes));
        return page.LeadsTo is null && page.Forms is [{ Action: "/login" }, ..] ? await SignInAsync(page) : page;
    }

    public Task<Visit> SignInAsync(Visit page, string name = "ann") => Browser.SubmitAsync(page, ("username", name), ("password", Password));

    public async Task<string> CodeAsync(params (string Name, string? Value)[] changes)
    {
        var visit = await AuthorizeAsync(changes);
        return visit["code"] ?? throw new InvalidOperationException($"No code at {visit.LeadsTo ?? visit.Address}: {visit.Text}");
    }

    /// <summary>Redeems a code as a client without its secret does.</summary>
    public Task<Answer> RedeemAsync(string code, params (string Name, string? Value)[] changes) => Client.PostAsync("/api/login/oauth/access_token", Changed(
        [("grant_type", "authorization_code"), ("client_id", Tenant.ClientId), ("code", code), ("redirect_uri", RedirectUri), ("code_verifier", Verifier)], changes));

    public async Task<Answer> TokensAsync(params (string Name, string? Value)[] changes) => await RedeemAsync(await CodeAsync(changes));

    public Task<Answer> UserInfoAsync(string? accessToken) => Client.GetAsync("/api/userinfo", "Bearer " + accessToken);

    public Task<int> ExecuteAsync(string sql, object? parameters = null) => Tenant.Server.Database.WriteAsync(async (connection, transaction) =>
        Written.Commit(await connection.ExecuteAsync(sql, parameters ?? new { UserId, Tenant.Organization, Tenant.Application, Tenant.ClientId }, transaction)));

    public void Dispose()
    {
        Browser.Dispose();
        Client.Dispose();
    }

    private static Dictionary<string, string?> Changed((string Name, string? Value)[] usual, (string Name, string? Value)[] changes)
    {
        var parameters = usual.ToDictionary(p => p.Name, p => p.Value);
        foreach (var (name, value) in changes)
        {
            parameters[name] = value;
        }

        return parameters.Where(p => p.Value is not null).ToDictionary();
    }
}

/// <summary>Calls of a program: no cookies, no redirects followed.</summary>
public sealed class ClientHttp(TestServer server) : IDisposable
{
    private readonly HttpClient http = new(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server.Http.BaseAddress };

    /// <summary>As RFC 6749 §2.3.1 has it: both parts form-encoded.</summary>
    public static string BasicOf(string clientId, string secret) =>
        "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret)}"));

    public Task<Answer> GetAsync(string path, string? authorization = null) => SendAsync(HttpMethod.Get, path, null, authorization);

    public Task<Answer> PostAsync(string path, IEnumerable<KeyValuePair<string, string?>> form, string? authorization = null) =>
        SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(form!), authorization);

    public Task<Answer> PostAsync(string path, string? authorization, params (string Name, string? Value)[] form) =>
        PostAsync(path, form.Select(p => KeyValuePair.Create(p.Name, p.Value)), authorization);

    public Task<Answer> PostJsonAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"), null, headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, string? authorization, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public void Dispose() => http.Dispose();
}
