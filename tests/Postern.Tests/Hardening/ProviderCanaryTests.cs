using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7523;
using Postern.Tests.Rfc7591;
using Postern.Tests.Rfc8628;
using Postern.Tests.Rfc9449;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>The whole provider is used, rightly and wrongly; then everything secret is searched for in the log and the database.</summary>
public sealed class ProviderCanaryTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Nothing_secret_is_in_the_log_nor_in_clear_in_the_database(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync(Device.GrantType + " client_credentials password", $"jwks = '{key.Jwks()}'");
        await server.ExecuteAsync("update organizations set dcr_policy = 'open' where name = @Organization", new { tenant.Organization });
        await tenant.AddUserAsync("alice");
        using var alice = new Visitor(server);
        List<string> secrets = [PasswordUsers.Password, tenant.ClientSecret, Visitor.Verifier, "canary-wrong-password", "canary-wrong-secret"];
        string Keep(string? secret)
        {
            secrets.Add(secret!);
            return secret!;
        }

        Answer KeepTokens(Answer answer)
        {
            Assert.Equal(200, answer.Status);
            secrets.AddRange(new[] { answer["access_token"], answer["id_token"], answer["refresh_token"] }.OfType<string>());
            return answer;
        }

        var signIn = await alice.GetAsync(Visitor.Authorize(tenant.ClientId));
        Keep(Visitor.FieldsOf(signIn).Single(f => f.Name == "form_token").Value);
        await alice.SubmitAsync(signIn, ("username", "alice"), ("password", "canary-wrong-password"));
        await alice.SubmitAsync(signIn, ("username", "alice"), ("password", PasswordUsers.Password));
        Keep(alice.Cookies["postern_session"]);
        var code = Keep(await alice.CodeAsync(tenant));
        await tenant.RefusalAsync(("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("client_secret", "canary-wrong-secret"), ("code", code));
        var tokens = KeepTokens(await Proof.TokenAsync(tenant, Keep(Proof.Of(server, key)), ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", code), ("code_verifier", Visitor.Verifier)));
        await Proof.UserInfoAsync(server, tokens["access_token"]!, Keep(Proof.OfToken(server, key, tokens["access_token"]!)));
        await Proof.UserInfoAsync(server, tokens["access_token"]!, null, "Bearer");
        KeepTokens(await Proof.TokenAsync(tenant, Keep(Proof.Of(server, key)), ("grant_type", "refresh_token"), ("client_id", tenant.ClientId), ("refresh_token", tokens["refresh_token"]!)));
        await Proof.TokenAsync(tenant, null, ("grant_type", "refresh_token"), ("client_id", tenant.ClientId), ("refresh_token", tokens["refresh_token"]!));
        KeepTokens(await Assertion.SendAsync(tenant, Keep(Assertion.Of(tenant, key))));
        await Assertion.SendAsync(tenant, Keep(Assertion.Of(tenant, key, ("aud", "https://other.example"))));
        KeepTokens(await tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", "alice"), ("password", PasswordUsers.Password)));
        await tenant.RefusalAsync(("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", "alice"), ("password", "canary-wrong-password"));
        var device = await Device.StartAsync(tenant);
        secrets.AddRange([device.DeviceCode, device.UserCode, device.UserCode.Replace("-", "", StringComparison.Ordinal)]);
        await device.DecideAsync(alice, "allow");
        KeepTokens(await device.PollAsync());
        var pushed = await server.PostFormAsync("/api/login/oauth/par",
            [("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("response_type", "code"), ("redirect_uri", Visitor.RedirectUri), ("code_challenge", Visitor.Challenge), ("code_challenge_method", "S256")]);
        Keep((await alice.GetAsync($"/login/oauth/authorize?client_id={tenant.ClientId}&request_uri={Uri.EscapeDataString(Keep(pushed["request_uri"]))}")).Sent("code"));
        var registration = await Registered.RegisterAsync(tenant, ("token_endpoint_auth_method", "client_secret_basic"));
        secrets.AddRange([registration["client_secret"]!, registration["registration_access_token"]!]);
        KeepTokens(await Registered.SignInAsync(tenant.As(registration), alice));
        await server.GetAsync("/.well-known/webfinger?resource=acct:canary-secret");
        await server.PostFormAsync("/api/login/oauth/introspect", [("token", tokens["access_token"]!)], Api.Basic(tenant.ClientId, tenant.ClientSecret));
        await server.PostFormAsync("/api/login/oauth/revoke", [("token", tokens["refresh_token"]!), ("client_id", tenant.ClientId)]);
        await alice.GetAsync("/api/logout?id_token_hint=" + tokens["id_token"]);

        var log = string.Join('\n', server.Log.Lines);
        var dump = await server.DumpAsync();
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, dump, StringComparison.Ordinal);
        }

        // A part of a token is as much a secret: its signature is what opens.
        foreach (var signature in secrets.Where(s => s.Count(c => c == '.') == 2).Select(s => s.Split('.')[2]))
        {
            Assert.DoesNotContain(signature, log + dump, StringComparison.Ordinal);
        }
    }
}
