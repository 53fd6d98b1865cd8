using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Ownership;

/// <summary>The rule of docs/data-ownership.md in the schema: what refers to an application or an organization refers to its id.</summary>
public sealed class SchemaTests(Servers servers)
{
    private const string Label = "a label: renamed with its organization; organization_id decides";
    private const string Installation = "always admin: the owner of what belongs to the installation";
    private const string OfWeChat = "an appid at WeChat, no client of ours";

    /// <summary>The columns that hold a name or a client id, and why each decides nothing.</summary>
    private static readonly Dictionary<string, string> Labels = new(StringComparer.Ordinal)
    {
        ["applications.client_id"] = "what the client calls itself by: unique, never another row's (retired_ids)",
        ["applications.organization"] = Label,
        ["applications.owner"] = Installation,
        ["certs.owner"] = Label,
        ["client_sessions.application"] = "a text of the client that wrote it down; erased with an application of that name",
        ["client_sessions.owner"] = "a label: renamed with its organization, erased with it",
        ["files.owner"] = "a label; the file is its object's (resource_id)",
        ["init_ledger.owner"] = "which entry of init_data.json was taken: a note about a file",
        ["objects.organization"] = Label,
        ["objects.owner"] = "the first half of its address: admin, or its organization's name, renamed with it",
        ["organizations.default_application"] = "opens applications of the organization itself and shared ones of built-in only; emptied with the application",
        ["organizations.owner"] = Installation,
        ["providers.client_id"] = OfWeChat,
        ["providers.client_id2"] = OfWeChat,
        ["providers.owner"] = Label,
        ["records.actor_organization_id"] = "an id: whose user acted, where it is another organization than the record's",
        ["records.organization"] = "what it was called; organization_id says who reads it",
        ["records.owner"] = "the same, as Casdoor's clients read it",
        ["refusal_counts.client"] = "a counter that no API shows",
        ["user_counts.owner"] = "a number per label, kept by triggers on users",
        ["users.owner"] = Label,
        ["users.signup_application"] = "shown; emptied with the application, renamed with it",
        ["webhook_events.organization"] = "what it was called; webhook_id and organization_id say who reads it",
    };

    /// <summary>Tables that name an organization beside a label and have no organization_id of their own.</summary>
    private static readonly string[] WithoutId = ["organizations", "client_sessions", "files", "init_ledger", "user_counts"];

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_column_holds_the_name_of_an_application_or_organization_without_a_reason(DatabaseDriver driver)
    {
        var columns = await SchemaColumns.OfTextAsync(await servers.OnAsync(driver));
        var names = columns.Where(c => IsName(c.Column)).Select(c => $"{c.Table}.{c.Column}").ToList();

        Assert.Equal(Labels.Keys.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        Assert.All(Labels.Values, reason => Assert.True(reason.Length > 10));
        var withId = columns.Where(c => c.Column == "organization_id").Select(c => c.Table).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(columns.Where(c => c.Column is "organization" or "owner" && !withId.Contains(c.Table)).Select(c => c.Table).Distinct().Except(WithoutId));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_id_of_an_application_or_organization_is_one_that_exists(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        await tenant.SignInAsync(tenant.Code("mei"), "mei");
        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-role", new() { ["owner"] = tenant.Organization, ["name"] = "baker" }));

        foreach (var (table, label) in new[] { ("applications", "organization"), ("users", "owner"), ("providers", "owner"), ("certs", "owner"), ("objects", "organization") })
        {
            Assert.Equal(0, await server.ScalarAsync<long>(
                $"select count(*) from {table} x where (x.{label} = @Organization or x.organization_id = @Organization) and not exists (select 1 from organizations o where o.id = x.organization_id and o.name = x.{label})",
                new { tenant.Organization }));
        }

        Assert.Equal(0, await server.ScalarAsync<long>(
            "select count(*) from tokens t where t.organization_id = @Organization and not exists (select 1 from applications a where a.id = t.application_id)", new { tenant.Organization }));
        Assert.NotEqual(0, await server.ScalarAsync<long>("select count(*) from records where organization_id = @Organization", new { tenant.Organization }));
    }

    private static bool IsName(string column) =>
        column == "client" || (!column.EndsWith("_application_id", StringComparison.Ordinal) && column is not ("application_id" or "organization_id")
            && (column.Contains("client_id", StringComparison.Ordinal) || column.Contains("application", StringComparison.Ordinal)
                || column.Contains("organization", StringComparison.Ordinal) || column.Contains("owner", StringComparison.Ordinal)));
}
