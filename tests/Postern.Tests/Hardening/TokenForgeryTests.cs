using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dapper;
using Microsoft.IdentityModel.Tokens;
using Postern.Directory.Certificates;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>Tokens that look like ours: none of them may open anything, whatever row of ours they name.</summary>
public sealed class TokenForgeryTests(Servers servers)
{
    [Fact]
    public async Task What_is_no_JWT_is_refused_wherever_one_is_sent()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync("grant_types = '[\"client_credentials\"]'");
        var (header, payload, signature) = Parts((await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)))["access_token"]!);
        foreach (var text in new[] { $"{header}.http://[::1.{signature}", $"http://.{payload}.{signature}", $"{header}.{payload}A.{signature}", $"{header}.{Encode("[]")}.", $"{header}.{Encode("{\"exp\":1e400}")}.", "..", "a.b.c.d.e" })
        {
            Assert.Equal((text, 200, "error"), (text, (await server.GetAsync("/api/get-account", "Bearer " + text)).Status, (await server.GetAsync("/api/get-account", "Bearer " + text))["status"]));
            Assert.Equal((text, 401), (text, (await server.GetAsync("/api/userinfo", "Bearer " + text)).Status));
            var form = new[] { ("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret) };
            Assert.Equal((text, "invalid_dpop_proof"), (text, (await server.PostFormAsync("/api/login/oauth/access_token", form, null, ("DPoP", text)))["error"]));
            Assert.Equal((text, "invalid_client"), (text, (await server.PostFormAsync(
                "/api/login/oauth/access_token", [("grant_type", "client_credentials"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", text)]))["error"]));
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_certificate_of_another_organization_signs_nobody_in(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (victim, attacker) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        var signedIn = await victim.SignInAsync(victim.Code("mei"));
        var claims = Parts(signedIn["access_token"]!).Payload;
        var (foreign, own) = (await NewCertAsync(server, attacker.Organization), await NewCertAsync(server, victim.Organization));

        var forged = Sign(claims, foreign);

        Assert.Equal("error", (await AccountAsync(server, forged))["status"]);
        Assert.Equal("error", await LogoutAsync(server, forged));
        Assert.Equal("ok", (await AccountAsync(server, signedIn["access_token"]!))["status"]);
        // The same token under a certificate that may sign for the application is good: it is the owner that decides.
        Assert.Equal("ok", (await AccountAsync(server, Sign(claims, own)))["status"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Only_an_access_token_as_we_signed_it_opens_an_account(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var answer = await tenant.SignInAsync(tenant.Code("mei"));
        var (header, payload, signature) = Parts(answer["access_token"]!);
        var pem = await server.Database.ReadAsync(c => c.QuerySingleAsync<string>("select certificate from certs where name = 'cert-built-in'"));

        string[] forgeries =
        [
            $"{Encode("""{"alg":"none","kid":"cert-built-in"}""")}.{payload}.",
            $"{Encode("""{"alg":"none"}""")}.{payload}.",
            $"{header}.{payload}.",
            $"{header}.{payload}.{Base64UrlEncoder.Encode(new byte[256])}",
            $"{header}.{Encode(Base64UrlEncoder.Decode(payload).Replace("normal-user", "admin-user", StringComparison.Ordinal))}.{signature}A",
            Confused(payload, Encoding.ASCII.GetBytes(pem)),
            Confused(payload, X509Certificate2.CreateFromPem(pem).GetPublicKey()),
            $"{Encode("""{"alg":"RS256","kid":"cert-built-in","jku":"http://127.0.0.1:1/jwks","jwk":{}}""")}.{payload}.{signature}",
            answer["id_token"]!,
            answer["refresh_token"]!,
        ];
        foreach (var forgery in forgeries)
        {
            Assert.Equal("error", (await AccountAsync(server, forgery))["status"]);
        }

        foreach (var token in new[] { answer["access_token"]!, answer["id_token"]! })
        {
            Assert.Equal("invalid_grant", (await tenant.RefreshAsync(token))["error"]);
        }

        Assert.Equal("ok", (await AccountAsync(server, answer["access_token"]!))["status"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_refresh_token_is_its_clients_and_never_gives_more(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        var refresh = (await tenant.SignInAsync(tenant.Code("mei")))["refresh_token"]!;

        Assert.Equal("invalid_grant", (await other.RefreshAsync(refresh))["error"]);
        Assert.Equal("invalid_grant", (await other.RefreshAsync(refresh, ("client_secret", other.ClientSecret)))["error"]);
        Assert.Equal("invalid_scope", (await tenant.RefreshAsync(refresh, ("scope", "openid everything")))["error"]);
        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(refresh + "x"))["error"]);
        Assert.Equal(200, (await tenant.RefreshAsync(refresh)).Status);
    }

    private static (string Header, string Payload, string Signature) Parts(string jwt) =>
        jwt.Split('.') is [var header, var payload, var signature] ? (header, payload, signature) : throw new FormatException();

    private static string Encode(string text) => Base64UrlEncoder.Encode(text);

    /// <summary>A public key taken for the secret of a MAC.</summary>
    private static string Confused(string payload, byte[] key)
    {
        var signed = $"{Encode("""{"alg":"HS256","kid":"cert-built-in","typ":"JWT"}""")}.{payload}";
        return $"{signed}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Sign(string payload, (string Name, RSA Key) cert)
    {
        var signed = $"{Encode($$"""{"alg":"RS256","kid":"{{cert.Name}}","typ":"JWT"}""")}.{payload}";
        return $"{signed}.{Base64UrlEncoder.Encode(cert.Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static async Task<(string Name, RSA Key)> NewCertAsync(TestServer server, string owner)
    {
        var made = NewCert.Create("cert-" + Guid.NewGuid().ToString("N")[..8], owner, SigningAlgorithms.Rs256, server.Clock);
        var stored = server.Secrets.Protect(SecretColumn.CertPrivateKey, made.Id, made.PrivateKey);
        await server.Database.WriteAsync(async (c, t) => Written.Commit(await NewCert.AddAsync(c, made, stored, t)));
        // What the server makes is the installation's; this one is an organization's.
        await server.ExecuteAsync("update certs set organization_id = (select id from organizations where name = @owner) where id = @Id", new { owner, made.Id });
        var key = RSA.Create();
        key.ImportFromPem(made.PrivateKey);
        return (made.Name, key);
    }

    private static async Task<Answer> AccountAsync(TestServer server, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/get-account", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await server.Http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    private static async Task<string?> LogoutAsync(TestServer server, string hint)
    {
        using var response = await server.Http.GetAsync(new Uri("/api/logout?id_token_hint=" + hint, UriKind.Relative));
        return (await Answer.OfAsync(response))["status"];
    }
}
