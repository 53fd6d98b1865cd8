using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Server.Commands;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Start;
using Xunit;

namespace Postern.Tests.Importing;

/// <summary>Casdoor's key, its built-in application and its administrator become this installation's: by themselves before it is used, else on demand.</summary>
public sealed class TakeOverTests
{
    private const string Password = "canary-of-casdoors-admin";

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_dry_run_without_an_installation_makes_none_and_reports_what_the_run_does(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        var world = World(2048);

        var dry = await RunAsync(installed, world, apply: false);

        Assert.False(File.Exists(Path.Combine(installed.Folder, "postern.db")));
        Assert.Empty(await installed.TablesAsync());
        Assert.False(File.Exists(installed.Options.MasterKeyFile));
        Assert.Contains("There is no installation yet: --apply makes one.", dry, StringComparison.Ordinal);
        Assert.Equal(Findings(dry), Findings(await RunAsync(installed, world)));
        Assert.Equal(["casdoors-admin"], await installed.ReadAsync("select id from users where owner = 'built-in'"));
        Assert.Equal(["casdoors-client"], await installed.ReadAsync("select client_id from applications where name = 'app-built-in'"));
        Assert.Equal([world["certs"]![0]!["certificate"]!.GetValue<string>()], await installed.ReadAsync("select certificate from certs where name = 'cert-built-in'"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_administrator_signs_in_with_Casdoors_password_and_ours_is_void(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, person: new SystemOperator { GivenPassword = "canary-of-this-server", ReadsTerminal = true });
        var id = await server.ScalarAsync<string>("select id from users where owner = 'built-in'");

        var report = await RunAsync(server, World(2048));

        Assert.Contains("  built-in/admin: id casdoors-admin and password\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("密码:", report, StringComparison.Ordinal);
        Assert.Equal("ok", await SignInAsync(server, Password));
        Assert.Equal("error", await SignInAsync(server, "canary-of-this-server"));
        Assert.Equal("casdoor", await server.ScalarAsync<string>("select id_token_claims from applications where name = 'app-built-in'"));
        Assert.Equal(1, await server.ScalarAsync<long>($"select count(*) from retired_ids where kind = 'user' and id = '{id}'"));
        Assert.DoesNotContain("canary", report, StringComparison.Ordinal);
    }

    public static TheoryData<DatabaseDriver, string, string> UnfitPasswords()
    {
        var data = new TheoryData<DatabaseDriver, string, string>();
        foreach (var driver in new[] { DatabaseDriver.Sqlite, DatabaseDriver.Postgres })
        {
            data.Add(driver, """{"password": "123", "passwordType": ""}""", "it is 123");
            data.Add(driver, """{"password": "***"}""", "it has none");
            data.Add(driver, """{"password": "$2a$10$XcH/lho3KWusncD8EBaeauZnSQfaGPs7mctS5zRNaIHJQvxi9OwTy", "passwordType": "plain"}""", "its hash itself is its password");
            data.Add(driver, """{"isForbidden": true}""", "it is forbidden");
            data.Add(driver, """{"password": "x", "passwordType": "bcrypt"}""", "no sign-in can verify it");
        }

        return data;
    }

    [Theory, MemberData(nameof(UnfitPasswords))]
    public async Task An_administrators_password_that_is_unfit_is_not_taken_and_ours_stays(DatabaseDriver driver, string change, string reason)
    {
        await using var server = await TestServer.StartAsync(driver, person: new SystemOperator { GivenPassword = "canary-of-this-server", ReadsTerminal = true });
        var world = World(2048);
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            world["users"]![0]![name] = value!.DeepClone();
        }

        var report = await RunAsync(server, world);

        Assert.Contains($"built-in/admin: {(reason.StartsWith("it is forb", StringComparison.Ordinal) ? "at Casdoor " + reason : reason.StartsWith("its hash", StringComparison.Ordinal) ? "at Casdoor " + reason : reason)}", report, StringComparison.Ordinal);
        Assert.Equal("casdoors-admin", await server.ScalarAsync<string>("select id from users where owner = 'built-in'"));
        Assert.Equal("ok", await SignInAsync(server, "canary-of-this-server"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_installation_in_use_keeps_its_own_unless_it_is_asked(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await server.AddUserAsync("built-in", "someone");
        var before = await OwnAsync(server);

        var without = await RunAsync(server, World(2048));

        Assert.Equal(before, await OwnAsync(server));
        Assert.Contains("--take-keys replaces them by Casdoor's (3):\n  built-in/admin: its id and password\n  cert-built-in: its key and certificate\n  app-built-in: its client id and client secret\n", without, StringComparison.Ordinal);
        var dry = await RunAsync(server, World(2048), apply: false, takeKeys: true);
        Assert.Equal(before, await OwnAsync(server));
        Assert.Contains("Taken over from Casdoor as this installation's own (3):", dry, StringComparison.Ordinal);
        await RunAsync(server, World(2048), takeKeys: true);
        Assert.StartsWith("casdoors-admin casdoors-client ", await OwnAsync(server), StringComparison.Ordinal);
        Assert.NotEqual(before.Split(' ', 3)[2], (await OwnAsync(server)).Split(' ', 3)[2]);
        Assert.Equal("ok", await SignInAsync(server, Password));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_key_whose_tokens_are_still_good_is_not_replaced_under_its_name(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await ClientTokenAsync(server);
        var before = (await OwnAsync(server)).Split(' ', 3)[2];

        var report = await RunAsync(server, World(2048), takeKeys: true);

        Assert.Contains("tokens that it signed are still good (1):\n  1 tokens, the last until ", report, StringComparison.Ordinal);
        Assert.Equal(before, (await OwnAsync(server)).Split(' ', 3)[2]);
        server.Clock.Advance(TimeSpan.FromDays(400));
        await RunAsync(server, World(2048), takeKeys: true);
        Assert.NotEqual(before, (await OwnAsync(server)).Split(' ', 3)[2]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_administrator_who_has_looked_at_the_console_keeps_no_key_from_being_taken(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, person: new SystemOperator { GivenPassword = "canary-of-this-server", ReadsTerminal = true });
        var token = await AdministratorsTokenAsync(server, "canary-of-this-server");
        Assert.Equal("ok", await AccountAsync());

        foreach (var apply in new[] { false, true })
        {
            Assert.Contains("  cert-built-in: key, certificate and kid\n", await RunAsync(server, World(2048), apply, takeKeys: true), StringComparison.Ordinal);
        }

        Assert.NotEqual("ok", await AccountAsync());

        async Task<string> AccountAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/get-account");
            request.Headers.Authorization = new("Bearer", token);
            using var response = await server.Http.SendAsync(request);
            return (await response.Content.ReadFromJsonAsync<JsonObject>())!["status"]?.GetValue<string>() ?? "none";
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_weak_key_signs_for_a_month_while_its_successor_is_published(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var world = World(1024);

        var report = await RunAsync(server, world);

        Assert.Contains("has less than 2048 bits (1):\n  admin/cert-built-in (1024 bits): cert-built-in-2 signs from ", report, StringComparison.Ordinal);
        Assert.True(MySqlImportTests.IsSignedBy(world["certs"]![0]!["certificate"]!.GetValue<string>(), await ClientTokenAsync(server)));
        var jwks = (await server.Http.GetFromJsonAsync<JsonObject>("/.well-known/jwks"))!["keys"]!.AsArray().Select(k => k!["kid"]!.GetValue<string>());
        Assert.Superset(new HashSet<string> { "cert-built-in", "cert-built-in-2" }, jwks.ToHashSet());
        server.Clock.Advance(TimeSpan.FromDays(31));
        var successor = await server.ScalarAsync<string>("select certificate from certs where name = 'cert-built-in-2'");
        Assert.True(MySqlImportTests.IsSignedBy(successor!, await ClientTokenAsync(server)));
    }

    [Theory]
    [InlineData(768, "its RSA key has 768 bits")]
    [InlineData(0, "certificate and privateKey must be given together")]
    public async Task A_key_that_anyone_could_compute_or_that_is_not_there_is_refused(int bits, string reason)
    {
        foreach (var driver in Enum.GetValues<DatabaseDriver>())
        {
            await using var server = await TestServer.StartAsync(driver);
            var before = (await OwnAsync(server)).Split(' ', 3)[2];
            var world = World(bits == 0 ? 2048 : bits);
            if (bits == 0)
            {
                world["certs"]![0]!["privateKey"] = "***";
            }

            var report = await RunAsync(server, world);

            Assert.Contains($"cert-built-in: {reason}", report, StringComparison.Ordinal);
            Assert.Equal(before, (await OwnAsync(server)).Split(' ', 3)[2]);
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Keys_that_open_every_account_are_not_taken_and_hashes_are_no_passwords(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var world = World(2048);
        const string hash = "$2a$10$XcH/lho3KWusncD8EBaeauZnSQfaGPs7mctS5zRNaIHJQvxi9OwTy";
        world["organizations"] = new JsonArray(new JsonObject { ["owner"] = "admin", ["name"] = "tea", ["masterPassword"] = "canary-master" });
        world["users"]!.AsArray().Add(new JsonObject { ["owner"] = "tea", ["name"] = "mei", ["id"] = "mei", ["password"] = hash, ["passwordType"] = "plain" });

        var report = await RunAsync(server, world);

        Assert.Contains("masterPassword or masterVerificationCode was not taken: it opens every account of the organization at Casdoor, and none here (1):\n  tea\n", report, StringComparison.Ordinal);
        Assert.Contains("Casdoor lets in who types the hash itself (1):\n  tea/mei\n", report, StringComparison.Ordinal);
        Assert.Equal("", await server.ScalarAsync<string>("select password from users where id = 'mei'"));
        Assert.DoesNotContain("canary", report, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_import_that_fails_while_it_takes_over_leaves_nothing(DatabaseDriver driver)
    {
        await using var dump = await CasdoorDump.LoadAsync();
        // The key and the application are found and written; then the administrator cannot be read.
        await dump.ExecuteAsync("alter table user rename column owner to other");
        await using var installed = await Installed.NewAsync(driver);

        await Assert.ThrowsAsync<StartRefusedException>(() => dump.ImportAsync(installed.Options, new ManualClock()));

        Assert.Empty(await installed.TablesAsync());
        Assert.False(File.Exists(installed.Options.MasterKeyFile));
    }

    private static async Task<string> OwnAsync(TestServer server) =>
        await server.ScalarAsync<string>("select id from users where owner = 'built-in' and name = 'admin'") + " "
        + await server.ScalarAsync<string>("select client_id from applications where name = 'app-built-in'") + " "
        + await server.ScalarAsync<string>("select certificate from certs where name = 'cert-built-in'");

    /// <summary>A token of the built-in application for itself.</summary>
    private static Task<string> ClientTokenAsync(TestServer server) => TokenAsync(server, "client_credentials");

    private static Task<string> AdministratorsTokenAsync(TestServer server, string password) =>
        TokenAsync(server, "password", ("username", "admin"), ("password", password));

    private static async Task<string> TokenAsync(TestServer server, string grantType, params (string Name, string Value)[] more)
    {
        var application = (await server.Database.ReadAsync(c => ObjectStore.FindAsync(c, ObjectKinds.Application, "admin", "app-built-in")))!;
        await server.ExecuteAsync("update applications set grant_types = '[\"client_credentials\", \"password\"]' where name = 'app-built-in'");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(more.Select(m => KeyValuePair.Create(m.Name, m.Value)))
        {
            ["grant_type"] = grantType, ["client_id"] = application.Text("client_id"), ["client_secret"] = new ObjectStore(server.Secrets, server.Clock).Reveal(application, "clientSecret"),
        });
        using var response = await server.Http.PostAsync("/api/login/oauth/access_token", form);
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        return answer["access_token"]?.GetValue<string>() ?? throw new InvalidOperationException(answer.ToJsonString());
    }

    private static async Task<string> SignInAsync(TestServer server, string password)
    {
        using var response = await server.Http.PostAsJsonAsync("/api/login", new
        {
            type = "login", application = "app-built-in", organization = "built-in", username = "admin", password, signinMethod = "Password",
        });
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!["status"]!.GetValue<string>();
    }

    private static Task<string> RunAsync(TestServer server, JsonObject world, bool apply = true, bool takeKeys = false) =>
        RunAsync((PosternOptions)server.Services.GetService(typeof(PosternOptions))!, server.Clock, world, apply, takeKeys);

    private static Task<string> RunAsync(Installed installed, JsonObject world, bool apply = true) =>
        RunAsync(installed.Options, new ManualClock(), world, apply, false);

    private static async Task<string> RunAsync(PosternOptions options, TimeProvider clock, JsonObject world, bool apply, bool takeKeys)
    {
        var file = Path.Combine(Path.GetDirectoryName(options.MasterKeyFile)!, "casdoor.json");
        await File.WriteAllTextAsync(file, world.ToJsonString());
        var output = new StringWriter();
        await ImportCommand.RunAsync(options, new ImportRequest(file, null, apply, takeKeys), SystemOperator.Nobody, clock, output, TextWriter.Null, isTerminal: false);
        return output.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>From the first finding to the last.</summary>
    private static string Findings(string report) => report[report.IndexOf("Taken over", StringComparison.Ordinal)..report.IndexOf("changes in the address alone.", StringComparison.Ordinal)];

    /// <summary>An export with what Casdoor has of its own.</summary>
    private static JsonObject World(int bits)
    {
        using var key = RSA.Create(bits);
        using var certificate = new CertificateRequest("CN=cert-built-in", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2046, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return new JsonObject
        {
            ["certs"] = new JsonArray(new JsonObject
            {
                ["owner"] = "admin", ["name"] = "cert-built-in", ["scope"] = "JWT", ["type"] = "x509", ["cryptoAlgorithm"] = "RS256", ["bitSize"] = bits, ["expireInYears"] = 20,
                ["certificate"] = certificate.ExportCertificatePem(), ["privateKey"] = key.ExportRSAPrivateKeyPem(), ["createdTime"] = "2026-01-01T00:00:00Z",
            }),
            ["applications"] = new JsonArray(new JsonObject
            {
                ["owner"] = "admin", ["name"] = "app-built-in", ["organization"] = "built-in", ["clientId"] = "casdoors-client", ["clientSecret"] = "canary-client-secret", ["cert"] = "cert-built-in",
                ["redirectUris"] = new JsonArray("https://shop.example/callback"),
            }),
            ["users"] = new JsonArray(new JsonObject
            {
                ["owner"] = "built-in", ["name"] = "admin", ["id"] = "casdoors-admin", ["isAdmin"] = true, ["password"] = Password, ["passwordType"] = "plain",
            }),
        };
    }
}
