using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Importing;

/// <summary>What comes over from a Casdoor, whichever of its forms it is read in, asked of the server as clients ask it.</summary>
public sealed class ImportTests
{
    public static TheoryData<DatabaseDriver, CasdoorSource> All() => Databases.BothFor(Enum.GetValues<CasdoorSource>());

    [Theory, MemberData(nameof(All))]
    public async Task Users_sign_in_as_before_and_are_who_they_were(DatabaseDriver driver, CasdoorSource source)
    {
        await using var from = await ImportedFrom.NewAsync(driver, source);

        var (code, report) = await from.RunAsync();

        Assert.Equal(3, code);
        var tenant = new Tenant(from.Server, "tea", "tea-app", "tea-client", CasdoorWorld.Secret, from.World.MiniProgram);
        var byPassword = await tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", "tea-client"), ("client_secret", CasdoorWorld.Secret), ("username", "mei"), ("password", CasdoorWorld.Password));
        // Mei has a second factor at Casdoor, so a password alone does not sign her in here.
        Assert.Contains("second factor", byPassword["error_description"], StringComparison.Ordinal);
        var byPlain = await tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", "tea-client"), ("client_secret", CasdoorWorld.Secret), ("username", "plain"), ("password", CasdoorWorld.Password));
        Assert.Equal("id-of-plain", byPlain.Claims("access_token").GetProperty("sub").GetString());
        var byWeChat = await tenant.SignInAsync(tenant.Code("mei"));
        Assert.Equal("id-of-mei-too", byWeChat.Claims("access_token").GetProperty("sub").GetString());
        Assert.DoesNotContain("canary", report, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Every_object_reads_as_Casdoor_kept_it(DatabaseDriver driver, CasdoorSource source)
    {
        await using var from = await ImportedFrom.NewAsync(driver, source);

        var (_, report) = await from.RunAsync();

        using var administrator = await Administrator.OfAsync(from.Server);
        var mei = (await administrator.GetAsync("/api/get-user?id=tea/mei"))["data"]!;
        Assert.Equal("小美 mei@example.com 7 1.5 38", $"{mei["displayName"]} {mei["email"]} {mei["score"]} {mei["balance"]} {mei["properties"]!["shoe"]}");
        Assert.Equal("2024-02-03T04:05:06+08:00", mei["createdTime"]!.GetValue<string>());
        Assert.Equal("""["tea/staff"] ["1 Tea Street"] [{"ID":"abc"}]""", $"{mei["groups"]!.ToJsonString()} {mei["address"]!.ToJsonString()} {mei["webauthnCredentials"]!.ToJsonString()}");
        Assert.Equal("baker ovens", $"{mei["roles"]![0]!["name"]} {mei["permissions"]![0]!["name"]}");
        foreach (var kind in ObjectKinds.All)
        {
            foreach (var kept in from.World[kind.Plural].OfType<JsonObject>().Where(o => !IsOtherwise(kind, o)))
            {
                var id = $"{(kind.FixedOwner ?? kept["owner"]!.GetValue<string>())}/{kept[kind.NameProperty]}";
                Assert.True(await from.Server.Database.ReadAsync(c => ObjectStore.FindAsync(c, kind, id.Split('/')[0], id.Split('/')[1])) is not null, $"{kind.Name} {id}\n{report}");
            }
        }

        var webhook = (await administrator.GetAsync("/api/get-webhook?id=tea/probe"))["data"]!;
        Assert.Equal(from.World["webhooks"][0]!["url"]!.GetValue<string>(), webhook["url"]!.GetValue<string>());
        var cert = (await from.Server.Database.ReadAsync(c => ObjectStore.FindAsync(c, ObjectKinds.Cert, "tea", "tea-cert")))!;
        Assert.Equal(from.World["certs"][0]!["privateKey"]!.GetValue<string>(), new ObjectStore(from.Server.Secrets, from.Server.Clock).Reveal(cert, "privateKey"));
        var dump = await from.Server.DumpAsync();
        Assert.DoesNotContain("canary-client-secret", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-totp", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-app-secret", dump, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Policy_rules_of_enforcers_come_along(DatabaseDriver driver, CasdoorSource source)
    {
        await using var from = await ImportedFrom.NewAsync(driver, source);

        var (_, report) = await from.RunAsync();

        using var administrator = await Administrator.OfAsync(from.Server);
        Assert.Contains("policy rules: 2 read, 2 taken, 0 already there, 0 not taken", report, StringComparison.Ordinal);
        Assert.Equal("true", await EnforceAsync(administrator, """["mei", "oven", "open"]"""));
        Assert.Equal("false", await EnforceAsync(administrator, """["mei", "till", "open"]"""));
    }

    [Theory, MemberData(nameof(All))]
    public async Task A_dry_run_writes_nothing_and_reports_what_the_run_does(DatabaseDriver driver, CasdoorSource source)
    {
        await using var from = await ImportedFrom.NewAsync(driver, source);
        var before = await from.Server.DumpAsync();

        var dry = await from.RunAsync(apply: false);

        Assert.Equal(before, await from.Server.DumpAsync());
        Assert.Contains("nothing was written", dry.Report, StringComparison.Ordinal);
        var run = await from.RunAsync();
        Assert.Equal(dry.Code, run.Code);
        Assert.Equal(Body(dry.Report), Body(run.Report));
        Assert.NotEqual(before, await from.Server.DumpAsync());
    }

    [Theory, MemberData(nameof(All))]
    public async Task A_second_run_finds_everything_there_and_changes_nothing(DatabaseDriver driver, CasdoorSource source)
    {
        await using var from = await ImportedFrom.NewAsync(driver, source);
        await from.RunAsync();
        var before = await WithoutRecordsAsync(from);

        var (_, report) = await from.RunAsync();

        Assert.Equal(before, await WithoutRecordsAsync(from));
        Assert.DoesNotMatch(@" [1-9]\d* taken,", report);
        Assert.Contains("users: 9 read, 0 taken, 8 already there, 1 not taken", report, StringComparison.Ordinal);
        Assert.Contains("WeChat identities: 3 read, 0 taken, 1 already there, 2 not taken", report, StringComparison.Ordinal);
        Assert.Equal(2, await from.Server.ScalarAsync<long>("select count(*) from records where action = 'import'"));
    }

    [Theory, MemberData(nameof(All))]
    public async Task What_is_not_certain_or_not_possible_is_named(DatabaseDriver driver, CasdoorSource source)
    {
        await using var from = await ImportedFrom.NewAsync(driver, source);

        var (_, report) = await from.RunAsync();

        var twin = await from.Server.ScalarAsync<string>("select id from users where owner = 'tea' and name = 'twin-a'");
        Assert.NotEqual("id-of-mei", twin);
        Assert.Equal("id-of-mei", await from.Server.ScalarAsync<string>("select id from users where owner = 'coffee' and name = 'bob'"));
        Assert.Contains($"  tea/twin-a: id-of-mei became {twin}", report, StringComparison.Ordinal);
        Assert.Contains("  tea/twin-a (openid)\n  tea/twin-b (openid)\n", report.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("WeChat identities: 3 read, 1 taken, 0 already there, 2 not taken", report, StringComparison.Ordinal);
        Assert.Contains("no Mini Program can be told from their signupApplication (1):\n  tea/vague\n", report.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("no hash of that type (1):\n  tea/odd\n", report.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("the organization does not exist (1):\n  user milk/lost\n", report.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("with a certificate of their organization (1):\n  tea-app (tea-cert)\n", report.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("built-in/admin: ", report, StringComparison.Ordinal);
        Assert.Contains("tokens: 1 left where they are (a token is good only with a row of ours behind it: people sign in again)", report, StringComparison.Ordinal);
        Assert.Equal(1, await from.Server.ScalarAsync<long>("select count(*) from external_identities"));
        Assert.DoesNotContain("canary", report, StringComparison.Ordinal);
    }

    /// <summary>Those that the import is to refuse.</summary>
    private static bool IsOtherwise(ObjectKind kind, JsonObject document) => kind == ObjectKinds.User && document["owner"]!.GetValue<string>() == "milk";

    private static async Task<string> EnforceAsync(Administrator administrator, string request) =>
        (await administrator.PostAsync("/api/enforce?enforcerId=tea/gate", request)).Body["data"]![0]!.ToJsonString();

    private static string Body(string report) => string.Join('\n', report.ReplaceLineEndings("\n").Split('\n').Skip(1)).Replace("\nRun the same with --apply to import. 确认后加 --apply 执行导入。\n", "", StringComparison.Ordinal).TrimEnd();

    private static async Task<IReadOnlyList<string>> WithoutRecordsAsync(ImportedFrom from) =>
        [.. (await from.Server.DumpAsync()).Split('\n').Where(l => !l.StartsWith("records ", StringComparison.Ordinal) && !l.StartsWith("sqlite_sequence ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
