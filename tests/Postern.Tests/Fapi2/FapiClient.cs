using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7523;
using Postern.Tests.Rfc9449;

namespace Postern.Tests.Fapi2;

/// <summary>A client of the profile that does everything as it should; each test changes one thing.</summary>
internal sealed class FapiClient : IDisposable
{
    public const string PushPath = "/api/login/oauth/par";
    public const string Everything = "authorization_code refresh_token client_credentials";

    private FapiClient(Tenant tenant, ClientKey key, Visitor alice) => (Tenant, Key, Alice) = (tenant, key, alice);

    public Tenant Tenant { get; }

    /// <summary>It signs the assertions.</summary>
    public ClientKey Key { get; }

    /// <summary>The tokens are bound to it.</summary>
    public ClientKey Dpop { get; } = ClientKey.NewEc();

    /// <summary>Its user, signed in.</summary>
    public Visitor Alice { get; }

    public TestServer Server => Tenant.Server;

    /// <param name="server">Where.</param>
    /// <param name="key">Its key; null = a new one.</param>
    /// <param name="columns">Of the application, in SQL.</param>
    public static async Task<FapiClient> StartAsync(TestServer server, ClientKey? key = null, string columns = "")
    {
        key ??= ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync(
            Everything, $"token_endpoint_auth_method = 'private_key_jwt', jwks = '{key.Jwks()}', security_profile = 'fapi2'" + (columns.Length > 0 ? ", " + columns : ""));
        await tenant.AddUserAsync("alice");
        return new FapiClient(tenant, key, await Visitor.SignedInAsync(tenant, "alice"));
    }

    public (string Name, string Value)[] Credentials(string? assertion = null) =>
        [("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion ?? Assertion.Of(Tenant, Key))];

    /// <summary>Pushes a request; a change to "" leaves a parameter out.</summary>
    public Task<Answer> PushAsync(params (string Name, string Value)[] changes) => PushAsync(null, null, changes);

    public Task<Answer> PushAsync(string? assertion, string? proof, params (string Name, string Value)[] changes) => Server.PostFormAsync(
        PushPath,
        Changed(
            [
                ("client_id", Tenant.ClientId), ("response_type", "code"), ("redirect_uri", Visitor.RedirectUri), ("scope", "openid profile"), ("state", "the state"),
                ("nonce", "the nonce"), ("code_challenge", Visitor.Challenge), ("code_challenge_method", "S256"), .. Credentials(assertion),
            ],
            changes),
        null, proof is null ? [] : [("DPoP", proof)]);

    public string ProofOf(ClientKey key, string path = Proof.TokenPath) => key.Sign(Proof.Header(key), Proof.Claims(Server, "POST", path));

    /// <summary>Opens the authorization endpoint with a pushed request.</summary>
    public Task<Shown> OpenAsync(string requestUri, params (string Name, string Value)[] more) => Alice.GetAsync(QueryHelpers.AddQueryString(
        "/login/oauth/authorize", Changed([("client_id", Tenant.ClientId), ("request_uri", requestUri)], more).Select(p => KeyValuePair.Create(p.Name, (string?)p.Value))));

    public async Task<string> CodeAsync(params (string Name, string Value)[] changes)
    {
        var pushed = await PushAsync(changes);
        var shown = pushed.Status == 201 ? await OpenAsync(pushed["request_uri"]!) : throw new InvalidOperationException(pushed.Text);
        return shown.Sent("code") ?? throw new InvalidOperationException($"{shown.Status} {shown.Location} {shown.Text}");
    }

    /// <summary>Asks for tokens as it should, with the changes.</summary>
    public Task<Answer> TokenAsync((string Name, string Value)[] form, params (string Name, string Value)[] changes) =>
        Proof.TokenAsync(Tenant, Proof.Of(Server, Dpop), [.. Changed([.. form, .. Credentials()], changes)]);

    public Task<Answer> RedeemAsync(string code, params (string Name, string Value)[] changes) => TokenAsync(OfCode(code), changes);

    public static (string Name, string Value)[] OfCode(string code) =>
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Visitor.RedirectUri), ("code_verifier", Visitor.Verifier)];

    public Task<Answer> RefreshAsync(string refreshToken) => TokenAsync([("grant_type", "refresh_token"), ("refresh_token", refreshToken)]);

    public Task<Answer> CredentialsAsync(string? assertion = null) =>
        Proof.TokenAsync(Tenant, Proof.Of(Server, Dpop), [("grant_type", "client_credentials"), .. Credentials(assertion)]);

    public async Task<Answer> TokensAsync(params (string Name, string Value)[] changes) => await RedeemAsync(await CodeAsync(changes));

    /// <summary>Calls a resource with the token, and with this proof in the place of a good one.</summary>
    public Task<Answer> ResourceAsync(string accessToken, string? proof = null) =>
        Proof.UserInfoAsync(Server, accessToken, proof ?? Proof.OfToken(Server, Dpop, accessToken));

    public string AssertionOf(ClientKey key, params (string Name, JsonNode? Value)[] changes) => Assertion.Of(Tenant, key, changes);

    public void Dispose()
    {
        Alice.Dispose();
        Dpop.Dispose();
        Key.Dispose();
    }

    private static IEnumerable<(string Name, string Value)> Changed((string Name, string Value)[] usual, (string Name, string Value)[] changes) =>
        usual.Where(u => !changes.Any(c => c.Name == u.Name)).Concat(changes.Where(c => c.Value.Length > 0));
}
