using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>Who holds which roles and permissions, wherever it is said.</summary>
public sealed class HoldingsTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Roles_reach_a_user_by_name_by_group_by_wildcard_and_through_other_roles(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver));
        var (organization, staff) = (house.Organization, house.Group("staff"));
        await house.SignInAsync("mei");
        await house.SignInAsync("tom");
        await house.AddAsync("group", house.Group("staff"));
        Assert.Equal("Affected", await house.UpdateUserAsync("mei", ("groups", new JsonArray($"{organization}/{staff}"))));
        await house.AddAsync("role", "direct", ("users", $"{organization}/mei"));
        await house.AddAsync("role", "grouped", ("groups", $"{organization}/{staff}"));
        await house.AddAsync("role", "all", ("users", $"{organization}/*"));
        await house.AddAsync("role", "everybody", ("users", "*"));
        // Two roles that contain each other, one of which contains what she holds.
        await house.AddAsync("role", "outer", ("roles", $"{organization}/direct,{organization}/ring"));
        await house.AddAsync("role", "ring", ("roles", $"{organization}/outer"));
        await house.AddAsync("role", "closed", isEnabled: false, ("users", $"{organization}/mei"));
        await house.AddAsync("role", "behind", ("roles", $"{organization}/closed"));
        await house.AddAsync("permission", "by-role", ("roles", $"{organization}/ring"));
        await house.AddAsync("permission", "by-group", ("groups", $"{organization}/{staff}"));
        await house.AddAsync("permission", "closed", isEnabled: false, ("users", $"{organization}/mei"));
        Assert.Equal("Affected", await house.Administrator.WriteAsync("/api/add-permission", new()
        {
            ["owner"] = organization, ["name"] = "pending", ["isEnabled"] = true, ["state"] = "Pending", ["users"] = new JsonArray($"{organization}/mei"),
        }));

        var hers = (Roles: "all direct everybody grouped outer ring", Permissions: "by-group by-role", Groups: $"{organization}/{staff}");
        Assert.Equal(hers, await house.HeldAsync("mei"));
        Assert.Equal(("all everybody", "", ""), await house.HeldAsync("tom"));
        var listed = (await house.Administrator.GetAsync("/api/get-users?owner=" + organization))["data"]!.AsArray();
        Assert.Equal(hers, House.HeldIn(listed.Single(u => u!["name"]!.GetValue<string>() == "mei")!));
        Assert.Equal(("all everybody", "", ""), House.HeldIn(listed.Single(u => u!["name"]!.GetValue<string>() == "tom")!));

        var answer = await house.SignInAsync("mei");
        var claims = JsonNode.Parse(answer.Claims("access_token").GetRawText())!;
        Assert.Equal(hers, House.HeldIn(claims));
        var outer = claims["roles"]!.AsArray().Single(r => r!["name"]!.GetValue<string>() == "outer")!;
        Assert.Null(outer["users"]);
        Assert.Equal([$"{organization}/direct", $"{organization}/ring"], outer["roles"]!.AsArray().Select(r => r!.GetValue<string>()));
        var account = await house.Tenant.Server.GetAsync("/api/get-account", "Bearer " + answer["access_token"]);
        Assert.Equal(hers, House.HeldIn(JsonNode.Parse(account.Text)!["data"]!));
        await house.Tenant.Server.ExecuteAsync("update tokens set scope = 'profile' where organization_id = (select id from organizations where name = @organization)", new { organization });
        // As Casdoor tells them; the standard's scopes are groups and roles.
        await house.Tenant.Server.ExecuteAsync("update applications set id_token_claims = 'casdoor' where organization = @organization", new { organization });
        var told = JsonNode.Parse((await house.Tenant.Server.GetAsync("/api/userinfo", "Bearer " + answer["access_token"])).Text)!;
        Assert.Equal(
            (hers.Roles, hers.Permissions, hers.Groups),
            (House.Stems(told["roles"]!.AsArray().Select(r => r!.GetValue<string>())), House.Stems(told["permissions"]!.AsArray().Select(r => r!.GetValue<string>())), told["groups"]![0]!.GetValue<string>()));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_first_sign_in_has_the_roles_of_everybody_in_its_token(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver));
        await house.AddAsync("role", "all", ("users", $"{house.Organization}/*"));

        var claims = (await house.SignInAsync("new")).Claims("access_token");

        Assert.Equal("all", Assert.Single(claims.GetProperty("roles").EnumerateArray()).GetProperty("name").GetString());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Everybody_of_one_organization_is_nobody_of_another(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver));
        using var other = await House.OfAsync(house.Tenant.Server);
        await other.AddAsync("role", "theirs", ("users", "*"));
        await house.SignInAsync("mei");

        Assert.Equal(("", "", ""), await house.HeldAsync("mei"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_custom_token_says_names_where_names_are_asked(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver),
            """token_format = 'JWT-Custom', token_fields = '["Groups","permissionNames"]', token_attributes = '[{"name":"r","category":"Existing Field","value":"Roles","type":"Array"},{"name":"s","category":"Static Value","value":"$user.roles","type":"String"},{"name":"g","category":"Static Value","value":"$user.groups","type":"Array"}]'""");
        await house.SignInAsync("mei");
        await house.AddAsync("group", house.Group("staff"));
        await house.UpdateUserAsync("mei", ("groups", new JsonArray($"{house.Organization}/{house.Group("staff")}")));
        await house.AddAsync("role", "reader", ("users", $"{house.Organization}/mei"));
        await house.AddAsync("permission", "read", ("roles", $"{house.Organization}/reader"));

        var claims = (await house.SignInAsync("mei")).Claims("access_token");

        Assert.Equal(
            ($"""["{house.Organization}/{house.Group("staff")}"]""", $"""["read"]""", $"""["reader"]""", "reader", $"""["{house.Organization}/{house.Group("staff")}"]"""),
            (Raw("groups"), Raw("permissionNames"), Raw("r"), claims.GetProperty("s").GetString(), Raw("g")));

        string Raw(string claim) => claims.GetProperty(claim).GetRawText();
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_a_user_holds_follows_every_new_name(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver));
        var (organization, staff) = (house.Organization, house.Group("staff"));
        await house.SignInAsync("mei");
        await house.AddAsync("group", house.Group("staff"));
        await house.UpdateUserAsync("mei", ("groups", new JsonArray($"{organization}/{staff}")));
        await house.AddAsync("role", "named", ("users", $"{organization}/mei"));
        await house.AddAsync("role", "grouped", ("groups", $"{organization}/{staff}"));
        await house.AddAsync("role", "outer", ("roles", $"{organization}/named"));

        Assert.Equal("Affected", await house.Administrator.WriteAsync($"/api/update-role?id={organization}/named", new() { ["name"] = "renamed" }));
        Assert.Equal("Affected", await house.Administrator.WriteAsync($"/api/update-group?id={organization}/{staff}", new() { ["name"] = "crew-" + organization }));
        Assert.Equal("Affected", await house.Administrator.WriteAsync($"/api/update-user?id={organization}/mei&columns=name", new() { ["name"] = "may" }));
        Assert.Equal(("grouped outer renamed", "", $"{organization}/crew-{organization}"), await house.HeldAsync("may"));

        var moved = "moved";
        Assert.Equal("Affected", await house.Administrator.WriteAsync($"/api/update-organization?id=admin/{organization}", new() { ["name"] = moved }));
        Assert.Equal(("grouped outer renamed", "", $"{moved}/crew-{organization}"), await house.HeldAsync("may", moved));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Who_is_made_anew_under_a_deleted_name_inherits_nothing_and_who_was_deleted_softly_keeps_all(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver));
        var (organization, staff) = (house.Organization, house.Group("staff"));
        foreach (var name in new[] { "mei", "tom" })
        {
            await house.Administrator.WriteAsync("/api/add-user", new() { ["owner"] = organization, ["name"] = name });
        }

        await house.AddAsync("role", "reader", ("users", $"{organization}/mei,{organization}/tom"));
        await house.Administrator.WriteAsync("/api/delete-user", new() { ["owner"] = organization, ["name"] = "mei" });
        await house.Administrator.WriteAsync("/api/add-user", new() { ["owner"] = organization, ["name"] = "mei" });
        Assert.Equal(("", "", ""), await house.HeldAsync("mei"));

        await house.Administrator.WriteAsync($"/api/update-organization?id=admin/{organization}", new() { ["enableSoftDeletion"] = true });
        Assert.Equal("Affected", await house.Administrator.WriteAsync("/api/delete-user", new() { ["owner"] = organization, ["name"] = "tom" }));
        Assert.Equal(("reader", "", ""), await house.HeldAsync("tom"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_is_put_into_groups_of_his_own_organization_that_exist(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver));
        using var other = await House.OfAsync(house.Tenant.Server);
        var (organization, staff) = (house.Organization, house.Group("staff"));
        await house.SignInAsync("mei");
        await other.AddAsync("group", other.Group("theirs"));
        foreach (var (group, sentence) in new[]
        {
            ($"{organization}/nowhere", $"The group: {organization}/nowhere doesn't exist"),
            ($"{other.Organization}/{other.Group("theirs")}", $"The group: {other.Organization}/{other.Group("theirs")} is not one of the organization {organization}, written {organization}/name"),
            ("staff", $"The group: staff is not one of the organization {organization}, written {organization}/name"),
        })
        {
            Assert.Equal(sentence, await house.UpdateUserAsync("mei", ("groups", new JsonArray(group))));
            Assert.Equal(sentence, await house.Administrator.WriteAsync("/api/add-user", new() { ["owner"] = organization, ["name"] = "tom", ["groups"] = new JsonArray(group) }));
        }

        Assert.Equal(("", "", ""), await house.HeldAsync("mei"));
        Assert.Null((await house.Administrator.GetAsync($"/api/get-user?id={organization}/tom"))["data"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Only_a_global_administrator_gives_a_role_to_another_organization(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver));
        using var other = await House.OfAsync(house.Tenant.Server);
        var (organization, basic) = (house.Organization, Api.Basic(house.Tenant.ClientId, house.Tenant.ClientSecret));
        await other.SignInAsync("victim");
        foreach (var kind in new[] { "role", "permission" })
        {
            var name = kind + "s-of-house";
            foreach (var (list, member) in new[] { ("users", $"{other.Organization}/victim"), ("users", $"{other.Organization}/*"), ("groups", $"{other.Organization}/g"), ("roles", $"{other.Organization}/r"), ("users", "victim") })
            {
                var body = new JsonObject { ["owner"] = organization, ["name"] = name, ["isEnabled"] = true, [list] = new JsonArray(member) };
                var refused = await house.Tenant.Server.PostJsonAsync("/api/add-" + kind, body.ToJsonString(), basic);
                Assert.Equal($"{member} is not a member of the organization {organization}, written {organization}/name", refused["msg"]);
            }

            var own = new JsonObject { ["owner"] = organization, ["name"] = name, ["isEnabled"] = true, ["users"] = new JsonArray($"{organization}/mei") };
            Assert.Equal("Affected", (await house.Tenant.Server.PostJsonAsync("/api/add-" + kind, own.ToJsonString(), basic))["data"]);
            var foreign = new JsonObject { ["users"] = new JsonArray($"{organization}/mei", $"{other.Organization}/victim") };
            Assert.Equal("error", (await house.Tenant.Server.PostJsonAsync($"/api/update-{kind}?id={organization}/{name}", foreign.ToJsonString(), basic))["status"]);
            Assert.Equal(("", "", ""), await other.HeldAsync("victim"));

            Assert.Equal("Affected", await house.Administrator.WriteAsync($"/api/update-{kind}?id={organization}/{name}", foreign));
            // What a global administrator wrote, the organization's own may keep while it changes the rest.
            var kept = new JsonObject { ["users"] = new JsonArray($"{other.Organization}/victim") };
            Assert.Equal("Affected", (await house.Tenant.Server.PostJsonAsync($"/api/update-{kind}?id={organization}/{name}", kept.ToJsonString(), basic))["data"]);
            var held = await other.HeldAsync("victim");
            Assert.Equal(1, (kind == "role" ? held.Roles : held.Permissions).Split(' ').Count(n => n.StartsWith(kind, StringComparison.Ordinal)));
            await house.Administrator.WriteAsync("/api/delete-" + kind, new() { ["owner"] = organization, ["name"] = name });
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_group_that_is_deleted_while_users_are_put_into_it_leaves_nobody_in_it(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver));
        var (organization, staff) = (house.Organization, house.Group("staff"));
        for (var round = 0; round < 5; round++)
        {
            var group = house.Group($"g{round}");
            await house.AddAsync("group", group);
            var added = Enumerable.Range(0, 4).Select(i => house.Administrator.WriteAsync(
                "/api/add-user", new() { ["owner"] = organization, ["name"] = $"u{round}-{i}", ["groups"] = new JsonArray($"{organization}/{group}") })).ToList();
            var deleted = await house.Administrator.WriteAsync("/api/delete-group", new() { ["owner"] = organization, ["name"] = group });
            await Task.WhenAll(added);
            var members = await house.Tenant.Server.ScalarAsync<long>(
                "select count(*) from memberships where member = @member", new { member = $"{organization}/{group}" });
            Assert.True(deleted != "Affected" || members == 0, $"{deleted}: {members} members of a group that is gone");
        }
    }
}

/// <summary>An organization whose objects a global administrator makes.</summary>
internal sealed class House : IDisposable
{
    private House(Tenant tenant, Administrator administrator) => (Tenant, Administrator) = (tenant, administrator);

    public Tenant Tenant { get; }

    public Administrator Administrator { get; }

    public string Organization => Tenant.Organization;

    public static async Task<House> OfAsync(TestServer server, string columns = "") =>
        new(await server.NewTenantAsync(columns), await Administrator.OfAsync(server));

    /// <summary>A group's name is unique over all organizations.</summary>
    public string Group(string stem) => $"{stem}-{Organization}";

    public Task<Answer> SignInAsync(string person) => Tenant.SignInAsync(Tenant.Code(person), person);

    public Task AddAsync(string kind, string name, params (string List, string Members)[] lists) => AddAsync(kind, name, isEnabled: true, lists);

    public async Task AddAsync(string kind, string name, bool isEnabled, params (string List, string Members)[] lists)
    {
        var document = new JsonObject { ["owner"] = Organization, ["name"] = name, ["isEnabled"] = isEnabled };
        foreach (var (list, members) in lists)
        {
            document[list] = new JsonArray([.. members.Split(',').Select(m => (JsonNode)m)]);
        }

        Assert.Equal("Affected", await Administrator.WriteAsync("/api/add-" + kind, document));
    }

    public Task<string> UpdateUserAsync(string name, params (string Property, JsonNode Value)[] changes)
    {
        var document = new JsonObject();
        foreach (var (property, value) in changes)
        {
            document[property] = value;
        }

        return Administrator.WriteAsync($"/api/update-user?id={Organization}/{name}", document);
    }

    public async Task<(string Roles, string Permissions, string Groups)> HeldAsync(string name, string? organization = null) =>
        HeldIn((await Administrator.GetAsync($"/api/get-user?id={organization ?? Organization}/{name}"))["data"]!);

    public static (string Roles, string Permissions, string Groups) HeldIn(JsonNode user) =>
        (Stems(Names(user, "roles")), Stems(Names(user, "permissions")), string.Join(' ', (user["groups"] as JsonArray ?? []).Select(g => g!.GetValue<string>())));

    public static string Stems(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));

    private static IEnumerable<string> Names(JsonNode user, string property) => user[property]!.AsArray().Select(o => o!["name"]!.GetValue<string>());

    public void Dispose() => Administrator.Dispose();
}
