using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary>What belongs to a user belongs to the user's id: who takes a name later gets nothing with it.</summary>
public sealed class OwnershipTests(Servers servers)
{
    // A column whose name speaks of a user holds an id, or a text that is shown or looked up and of which nothing follows.
    private static readonly Dictionary<string, string> Labels = new(StringComparer.Ordinal)
    {
        ["objects.user_name"] = "the property user as it was written; user_id says whose the object is",
        ["records.user_name"] = "the name at that time, for those who read the trail; user_id says whose activity it is",
        ["tokens.user_name"] = "shown in lists of tokens; user_id says whose token it is",
        ["client_sessions.name"] = "part of the key that clients send; it follows the user of user_id",
        ["client_sessions.owner"] = "likewise",
        ["memberships.member"] = "a pattern, or a name that nothing has; member_id is the member",
        ["device_codes.user_code_hash"] = "no name",
        ["users.name"] = "the name itself",
        ["users.display_name"] = "shown",
        ["users.display_name_by_signin"] = "no name",
        ["users.email_by_user"] = "no name: whether the user wrote the address",
        ["users.phone_by_user"] = "no name: whether the user wrote the number",
        ["organizations.use_email_as_username"] = "no name",
        ["user_counts.owner"] = "an organization",
    };

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_column_holds_a_users_name_unless_it_is_declared_a_label(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var columns = (await server.ColumnsAsync()).Where(c => IsOfUser(c.Table, c.Column)).Select(c => $"{c.Table}.{c.Column}").ToList();

        Assert.Contains("objects.user_name", columns);
        Assert.Equal([], columns.Except(Labels.Keys).Order(StringComparer.Ordinal));

        static bool IsOfUser(string table, string column) =>
            !column.EndsWith("_id", StringComparison.Ordinal) && column is not ("openid_user" or "unionid_user")
            && (column.Contains("user", StringComparison.Ordinal) || column is "member" or "author" or "submitter"
                || ((column is "owner" or "name") && table == "client_sessions") || (column.EndsWith("name", StringComparison.Ordinal) && table == "users"));
    }

    [Fact]
    public async Task Every_table_says_in_the_documentation_what_a_users_deletion_does_to_it()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "docs", "data-ownership.md"), TestContext.Current.CancellationToken);
        var tables = (await (await servers.OnAsync(DatabaseDriver.Sqlite)).ColumnsAsync()).Select(c => c.Table).Distinct(StringComparer.Ordinal);

        Assert.Equal([], tables.Where(t => !page.Contains($"`{t}`", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_stranger_who_signs_in_with_a_deleted_users_name_has_and_reads_nothing(DatabaseDriver driver)
    {
        var world = await World.OfAsync(await servers.OnAsync(driver));
        var gone = await world.SignInAsync("gone");
        await world.FillAsync("gone");
        Assert.NotEmpty(await world.ReferencesAsync(gone.Id));
        var file = Assert.Single(System.IO.Directory.GetFiles(world.Folder, "*", SearchOption.AllDirectories), f => world.FileIds.Contains(Path.GetFileName(f)));

        await world.DeleteAsync("gone");

        Assert.False(File.Exists(file));
        Assert.Equal(["grants.user_id", "records.user_id", "retired_ids.id", "tokens.user_id"], await world.ReferencesAsync(gone.Id));
        Assert.Equal(0, await world.Server.ScalarAsync<long>("select count(*) from grants where user_id = @Id and ended_time is null", new { gone.Id }));
        var stranger = await world.SignInAsync("gone", "stranger");
        Assert.NotEqual(gone.Id, stranger.Id);
        Assert.StartsWith("wechat-", stranger.Name, StringComparison.Ordinal);
        await world.ReadsNothingAsync(stranger);

        // An administrator may give the name again; what the earlier user had does not come with it.
        Assert.Equal("Affected", await world.Application.WriteAsync("/api/add-user", new() { ["owner"] = world.Organization, ["name"] = "gone", ["password"] = PasswordUsers.Password }));
        var added = await world.UserAsync("gone");
        await world.ReadsNothingAsync(added);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_rename_leaves_nothing_to_the_next_of_the_old_name_and_loses_nothing(DatabaseDriver driver)
    {
        var world = await World.OfAsync(await servers.OnAsync(driver));
        var user = await world.SignInAsync("old1");
        await world.FillAsync("old1");
        var before = await world.ReadsAsync(user with { Name = "old1" });

        Assert.Equal("Affected", await world.Application.WriteAsync($"/api/update-user?id={world.Organization}/old1&columns=name", new() { ["name"] = "new1" }));

        var after = await world.ReadsAsync(user with { Name = "new1" });
        Assert.Equal(before, after);
        Assert.Equal("new1", (string?)(await world.Application.DataAsync($"/api/get-order?id={world.Organization}/order"))!["user"]);
        Assert.Equal([$"{world.Organization}/new1"], (await world.Application.DataAsync($"/api/get-role?id={world.Organization}/named"))!["users"]!.AsArray().Select(u => (string?)u));
        await world.ReadsNothingAsync(await world.SignInAsync("old1", "stranger"));
        Assert.Equal("Affected", await world.Application.WriteAsync("/api/add-user", new() { ["owner"] = world.Organization, ["name"] = "old1" }));
        await world.ReadsNothingAsync(await world.UserAsync("old1"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_name_that_a_role_an_object_or_a_session_mentions_is_given_by_administrators_only(DatabaseDriver driver)
    {
        var world = await World.OfAsync(await servers.OnAsync(driver));
        string[] names = ["newhire", "buyer", "browser"];
        await world.AddAsync("role", new() { ["name"] = "named", ["isEnabled"] = true, ["users"] = new JsonArray($"{world.Organization}/newhire") });
        await world.AddAsync("order", new() { ["name"] = "order", ["user"] = "buyer" });
        Assert.Equal("Affected", await world.Application.WriteAsync("/api/add-session", new() { ["owner"] = world.Organization, ["name"] = "browser", ["application"] = "a", ["sessionId"] = new JsonArray("s") }));

        foreach (var name in names)
        {
            var stranger = await world.SignInAsync(name, "stranger-" + name);
            Assert.StartsWith("wechat-", stranger.Name, StringComparison.Ordinal);
            await world.ReadsNothingAsync(stranger);
        }

        Assert.Equal("", await world.RolesAsync("newhire"));
        Assert.Equal("Affected", await world.Application.WriteAsync("/api/add-user", new() { ["owner"] = world.Organization, ["name"] = "newhire" }));
        Assert.Equal("named", await world.RolesAsync("newhire"));
        Assert.Equal([$"{world.Organization}/newhire"], (await world.Application.DataAsync($"/api/get-role?id={world.Organization}/named"))!["users"]!.AsArray().Select(u => (string?)u));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Of_sign_ins_at_once_with_a_mentioned_name_all_succeed_and_none_has_it(DatabaseDriver driver)
    {
        var world = await World.OfAsync(await servers.OnAsync(driver));
        await world.AddAsync("role", new() { ["name"] = "named", ["isEnabled"] = true, ["users"] = new JsonArray($"{world.Organization}/newhire") });

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => world.Tenant.SignInAsync(world.Tenant.Code("p" + i), "newhire")));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.All(await world.Tenant.UsersAsync(), u => Assert.StartsWith("wechat-", u.Name, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Roles_hold_groups_and_roles_by_id_whatever_they_are_called_later(DatabaseDriver driver)
    {
        var world = await World.OfAsync(await servers.OnAsync(driver));
        var (first, second) = ("g1-" + world.Organization, "g2-" + world.Organization);
        await world.AddAsync("group", new() { ["name"] = first });
        await world.AddAsync("role", new() { ["name"] = "inner", ["isEnabled"] = true, ["groups"] = new JsonArray($"{world.Organization}/{first}") });
        await world.AddAsync("role", new() { ["name"] = "outer", ["isEnabled"] = true, ["roles"] = new JsonArray($"{world.Organization}/inner") });
        await world.Tenant.AddUserAsync("mei", ("groups", new JsonArray($"{world.Organization}/{first}")));

        Assert.Equal("Affected", await world.Application.WriteAsync($"/api/update-group?id={world.Organization}/{first}", new() { ["name"] = second }));
        Assert.Equal("Affected", await world.Application.WriteAsync($"/api/update-role?id={world.Organization}/inner", new() { ["name"] = "renamed" }));
        await world.AddAsync("group", new() { ["name"] = first });
        await world.AddAsync("role", new() { ["name"] = "inner", ["isEnabled"] = true });
        await world.Tenant.AddUserAsync("tom", ("groups", new JsonArray($"{world.Organization}/{first}")));

        Assert.Equal("outer renamed", await world.RolesAsync("mei"));
        Assert.Equal("", await world.RolesAsync("tom"));
        Assert.Equal([$"{world.Organization}/{second}"], (await world.Application.DataAsync($"/api/get-role?id={world.Organization}/renamed"))!["groups"]!.AsArray().Select(g => (string?)g));
        Assert.Equal([$"{world.Organization}/renamed"], (await world.Application.DataAsync($"/api/get-role?id={world.Organization}/outer"))!["roles"]!.AsArray().Select(r => (string?)r));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_tenants_client_chooses_no_id_and_an_id_is_never_given_twice(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (world, other) = (await World.OfAsync(server), await World.OfAsync(server));
        using var administrator = await Administrator.OfAsync(server);
        var dan = await other.SignInAsync("dan");
        await other.DeleteAsync("dan");

        // A client of an organization sends what it likes; the id is ours.
        Assert.Equal("Affected", await world.Application.WriteAsync("/api/add-user", new() { ["owner"] = world.Organization, ["name"] = "thief", ["id"] = dan.Id }));
        Assert.Equal("Affected", await world.Application.WriteAsync("/api/add-user", new() { ["owner"] = world.Organization, ["name"] = "second", ["ID"] = "string" }));
        var thief = await world.UserAsync("thief");
        Assert.NotEqual(dan.Id, thief.Id);
        Assert.Equal(7, Guid.Parse(thief.Id).Version);
        Assert.Equal(thief.Id.ToLowerInvariant(), thief.Id);
        Assert.Equal(7, Guid.Parse((await world.UserAsync("second")).Id).Version);

        // A global administrator may bring one, unless it is or was another's in whatever spelling.
        var carol = Guid.CreateVersion7().ToString();
        Assert.Equal("Affected", await AddAsync("carol", carol));
        Assert.Equal(carol, (await world.UserAsync("carol")).Id);
        foreach (var taken in new[] { carol, carol.ToUpperInvariant(), dan.Id, dan.Id.ToUpperInvariant(), FullWidth(carol) })
        {
            Assert.Equal($"The id: {taken} is or was another user's", await AddAsync("copy", taken));
        }

        foreach (var unfit in new[] { carol + " ", " " + carol, carol + "\u200b", carol + "\ufeff", carol + "\u00ad", new string('x', 101), "\ue000" })
        {
            Assert.Equal("id must have 1 to 100 characters that can be seen: no blanks, no control or format characters", await AddAsync("copy", unfit));
        }

        Assert.Equal("id must not contain control characters", await AddAsync("copy", carol + "\t"));
        Assert.Null(await world.Tenant.UserAsync("copy"));

        Task<string> AddAsync(string name, string id) => administrator.WriteAsync("/api/add-user", new() { ["owner"] = world.Organization, ["name"] = name, ["id"] = id });

        static string FullWidth(string text) => string.Concat(text.Select(c => char.IsAsciiDigit(c) ? (char)(c - '0' + '\uff10') : c));
    }

    /// <summary>An organization with what a user can have.</summary>
    private sealed record World(Tenant Tenant)
    {
        public TestServer Server => Tenant.Server;

        public string Organization => Tenant.Organization;

        public RowCaller Application => RowCaller.Of(Tenant);

        public string Folder => ((PosternOptions)Server.Services.GetService(typeof(PosternOptions))!).ResourceDirectory;

        public List<string> FileIds { get; } = [];

        public static async Task<World> OfAsync(TestServer server) => new(await server.NewTenantAsync());

        public async Task<Person> SignInAsync(string name, string? persona = null)
        {
            var answer = await Tenant.SignInAsync(Tenant.Code(persona ?? name), name);
            Assert.Equal(200, answer.Status);
            var claims = answer.Claims("access_token");
            return new(claims.GetProperty("sub").GetString()!, claims.GetProperty("name").GetString()!, RowCaller.Bearer(Server, answer["access_token"]));
        }

        /// <summary>A user as an administrator sees it; it signs in nowhere.</summary>
        public async Task<Person> UserAsync(string name)
        {
            var user = await Tenant.UserAsync(name);
            return new((string)user!["id"]!, name, null);
        }

        public async Task AddAsync(string kind, JsonObject document)
        {
            document["owner"] = Organization;
            Assert.Contains(await Application.WriteAsync("/api/add-" + kind, document), new[] { "Affected", "true" }, StringComparer.OrdinalIgnoreCase);
        }

        public Task<string> DeleteAsync(string name) => Application.WriteAsync("/api/delete-user", new() { ["owner"] = Organization, ["name"] = name });

        /// <summary>Of each kind of thing that can belong to a user, one.</summary>
        public async Task FillAsync(string name)
        {
            foreach (var kind in new[] { "order", "payment", "subscription", "transaction", "ticket", "key" })
            {
                await Application.WriteAsync("/api/add-" + kind, new() { ["owner"] = Organization, ["organization"] = Organization, ["name"] = kind, ["user"] = name });
            }

            await AddAsync("role", new() { ["name"] = "named", ["isEnabled"] = true, ["users"] = new JsonArray($"{Organization}/{name}") });
            await AddAsync("permission", new() { ["name"] = "named", ["isEnabled"] = true, ["users"] = new JsonArray($"{Organization}/{name}") });
            await AddAsync("session", new() { ["name"] = name, ["application"] = "a", ["sessionId"] = new JsonArray("s") });
            using var part = new ByteArrayContent("of the user"u8.ToArray());
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var content = new MultipartFormDataContent { { part, "file", "file" } };
            var uploaded = JsonNode.Parse((await Server.SendAsync(HttpMethod.Post, $"/api/upload-resource?owner={Organization}&user={name}&fullFilePath=note.txt", content, Application.Authorization)).Text)!;
            FileIds.Add(Path.GetFileNameWithoutExtension((string)uploaded["data"]!));
        }

        public async Task<string> RolesAsync(string name) =>
            (await Tenant.UserAsync(name))?["roles"] is JsonArray roles ? string.Join(' ', roles.Select(r => (string)r!["name"]!).Order(StringComparer.Ordinal)) : "";

        /// <summary>What a person reads of their own, over every route that gives it.</summary>
        public async Task<string> ReadsAsync(Person person)
        {
            var caller = person.Caller!;
            var found = new StringBuilder();
            foreach (var path in new[]
            {
                $"/api/get-user-orders?owner={Organization}&user={person.Name}", $"/api/get-user-payments?owner={Organization}&user={person.Name}",
                $"/api/get-order?id={Organization}/order", $"/api/get-payment?id={Organization}/payment", $"/api/get-subscription?id={Organization}/subscription",
                $"/api/get-transaction?id={Organization}/transaction", $"/api/get-resources?owner={Organization}", $"/api/get-resource?id={Organization}//note.txt",
                $"/api/get-session?sessionPkId={Organization}/{person.Name}/a", $"/api/get-all-roles",
            })
            {
                var data = (await caller.GetAsync(path))["data"];
                var count = data is JsonArray list ? list.Count : data is JsonObject one && one["name"] is not null ? 1 : 0;
                found.AppendLine($"{path.Replace(person.Name, "", StringComparison.Ordinal)}: {count}");
            }

            found.AppendLine("message: " + await caller.WriteAsync($"/api/add-ticket-message?id={Organization}/ticket", new() { ["text"] = "?" }));
            return found.ToString();
        }

        public async Task ReadsNothingAsync(Person person)
        {
            Assert.Empty((await ReferencesAsync(person.Id)).Except(["users.id", "users.id_form", "grants.user_id", "tokens.user_id", "records.user_id", "external_identities.user_id"]));
            Assert.Equal("", await RolesAsync(person.Name));
            if (person.Caller is not null)
            {
                Assert.All((await ReadsAsync(person)).Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("(: 0|Unauthorized operation)$", line));
            }
        }

        /// <summary>The columns of all tables that hold the id.</summary>
        public async Task<IReadOnlyList<string>> ReferencesAsync(string id)
        {
            var found = new List<string>();
            foreach (var table in (await Server.ColumnsAsync()).Where(c => c.IsText).GroupBy(c => c.Table))
            {
                var row = (IDictionary<string, object?>)await Server.Database.ReadAsync(c => c.QuerySingleAsync($"select {string.Join(", ", table.Select((c, i) => $"sum(case when {c.Column} = @id then 1 else 0 end) as c{i}"))} from {table.Key}", new { id }));
                found.AddRange(table.Where((_, i) => row["c" + i] is { } n && Convert.ToInt64(n, System.Globalization.CultureInfo.InvariantCulture) > 0).Select(c => $"{c.Table}.{c.Column}"));
            }

            return [.. found.Order(StringComparer.Ordinal)];
        }
    }

    private sealed record Person(string Id, string Name, RowCaller? Caller);
}

internal static class Schema
{
    /// <summary>Every column of every table.</summary>
    public static async Task<IReadOnlyList<(string Table, string Column, bool IsText)>> ColumnsAsync(this TestServer server) => await server.Database.ReadAsync<IReadOnlyList<(string, string, bool)>>(async connection =>
        [.. await connection.QueryAsync<(string, string, bool)>(server.Database.Dialect == Dialect.Sqlite
            ? "select t.name, c.name, c.type = 'TEXT' from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite_%' order by 1, 2"
            : "select table_name::text, column_name::text, data_type = 'text' from information_schema.columns where table_schema = current_schema() order by 1, 2")]);
}
