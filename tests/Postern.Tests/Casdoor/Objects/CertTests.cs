using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>A key that has signed is never replaced under its name (docs/design/tokens-and-refresh.md).</summary>
public sealed class CertTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_installations_own_cert_can_be_neither_deleted_nor_given_away(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var before = await CertificateAsync(administrator, "admin", "cert-built-in");

        var deleted = await administrator.WriteAsync("/api/delete-cert", Cert("admin", "cert-built-in"));
        var moved = await administrator.WriteAsync("/api/update-cert?id=admin/cert-built-in", new JsonObject { ["owner"] = world.Organization });

        Assert.StartsWith("cert-built-in signs for the installation and cannot be deleted", deleted, StringComparison.Ordinal);
        Assert.StartsWith("cert-built-in is the installation's own cert and stays admin's", moved, StringComparison.Ordinal);
        Assert.Equal(before, await CertificateAsync(administrator, "admin", "cert-built-in"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_application_reads_the_public_part_of_the_certs_that_sign_for_it(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var basic = Api.Basic(tenant.ClientId, tenant.ClientSecret);

        var cert = (await tenant.Server.GetAsync("/api/get-cert?id=admin/cert-built-in", basic)).Body.GetProperty("data");

        using var certificate = X509Certificate2.CreateFromPem(cert.GetProperty("certificate").GetString());
        Assert.Equal(("", ""), (cert.GetProperty("privateKey").GetString(), cert.GetProperty("accessSecret").GetString()));
        Assert.Equal("Unauthorized operation", (await tenant.Server.GetAsync("/api/get-cert?id=admin/cert-built-in"))["msg"]);
        Assert.Equal("Unauthorized operation", (await tenant.Server.PostJsonAsync("/api/update-cert?id=admin/cert-built-in", """{"owner":"admin","name":"cert-built-in","displayName":"mine"}""", basic))["msg"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_cert_that_was_made_for_an_algorithm_cannot_be_deleted(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync("token_signing_method = 'ES256'");
        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"))).Status);
        using var administrator = await Administrator.OfAsync(server);

        var deleted = await administrator.WriteAsync("/api/delete-cert", Cert("admin", "cert-built-in-es256"));

        Assert.Contains("cannot be deleted", deleted, StringComparison.Ordinal);
        Assert.NotNull(await CertificateAsync(administrator, "admin", "cert-built-in-es256"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_cert_that_an_application_names_is_deleted_once_none_does(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        foreach (var property in new[] { "cert", "clientCert" })
        {
            var (cert, application) = (world.Name("used-" + property), world.Name("app-" + property));
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-cert", Cert("admin", cert)));
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", new JsonObject { ["name"] = application, ["organization"] = world.Organization, [property] = cert }));

            var refused = await administrator.WriteAsync("/api/delete-cert", Cert("admin", cert));

            Assert.Equal($"the cert {cert} is the application {application}'s: give the application another one first", refused);
            Assert.NotNull(await CertificateAsync(administrator, "admin", cert));
            Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-application?id=admin/{application}", new JsonObject { [property] = "" }));
            Assert.Equal("Affected", await administrator.WriteAsync("/api/delete-cert", Cert("admin", cert)));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_name_of_a_deleted_cert_is_nobodys_again(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var name = world.Name("retired");
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-cert", Cert("admin", name)));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/delete-cert", Cert("admin", name)));

        foreach (var owner in new[] { "admin", world.Organization })
        {
            Assert.Equal($"the name {name} was a deleted cert's, and tokens that it signed may still be about: choose another name", await administrator.WriteAsync("/api/add-cert", Cert(owner, name)));
            Assert.Null(await CertificateAsync(administrator, owner, name));
        }
    }

    [Theory]
    [InlineData("cert-built-in", "ES256", "a cert of the name cert-built-in must be an x509 cert of admin with a key for RS256")]
    [InlineData("cert-built-in-es384", "RS256", "a cert of the name cert-built-in-es384 must be an x509 cert of admin with a key for ES384")]
    [InlineData("cert-built-in-mine", "RS256", "names that begin with cert-built-in are the installation's own: choose another name")]
    [InlineData("cert-built-in-es384", "ES384", "Affected")]
    public async Task A_name_of_the_installations_certs_is_taken_by_the_algorithm_that_it_says(string name, string algorithm, string answer)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var administrator = await Administrator.OfAsync(server);
        var cert = Cert("admin", name);
        cert["cryptoAlgorithm"] = algorithm;

        Assert.Equal(answer, await administrator.WriteAsync("/api/add-cert", cert));
    }

    [Fact]
    public async Task A_key_of_another_family_is_refused_whatever_algorithm_is_written_beside_it()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var administrator = await Administrator.OfAsync(server);
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=mine", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2046, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var cert = Cert("admin", "cert-built-in-es256");
        (cert["cryptoAlgorithm"], cert["certificate"], cert["privateKey"]) = ("ES256", certificate.ExportCertificatePem(), rsa.ExportPkcs8PrivateKeyPem());

        Assert.Contains("a key for ES256", await administrator.WriteAsync("/api/add-cert", cert), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tenant_cannot_take_the_name_of_a_cert_that_is_made_when_it_is_needed()
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var administrator = await Administrator.OfAsync(world.Server);
        var cert = Cert(world.Organization, "cert-built-in-es512");
        cert["cryptoAlgorithm"] = "ES512";

        Assert.Contains("must be an x509 cert of admin", await administrator.WriteAsync("/api/add-cert", cert), StringComparison.Ordinal);
    }

    private static JsonObject Cert(string owner, string name) => new() { ["owner"] = owner, ["name"] = name, ["cryptoAlgorithm"] = "ES256" };

    private static async Task<string?> CertificateAsync(Administrator administrator, string owner, string name) =>
        (await administrator.GetAsync($"/api/get-cert?id={owner}/{name}"))["data"]?["certificate"]?.GetValue<string>();
}
