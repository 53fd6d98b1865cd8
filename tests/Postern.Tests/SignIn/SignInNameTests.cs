using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Casdoor.Users;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

/// <summary>Which user a typed name, e-mail address or phone number means (docs/sign-in-names.md).</summary>
public sealed class SignInNameTests(Servers servers)
{
    private const string None = "none";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Names_addresses_and_numbers_that_an_administrator_set_sign_in(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        var ann = await tenant.AddUserAsync("Ann", ("email", "Ann.Lee@Example.com"), ("phone", "13800138001"));
        var bea = await tenant.AddUserAsync("bea", ("phone", "7911123456"), ("countryCode", "GB"));
        var chu = await tenant.AddUserAsync("chu", ("phone", "+81312345678"));
        var dai = await tenant.AddUserAsync("dai", ("phone", "+8613800138004"));

        foreach (var typed in new[]
        {
            "Ann", "ann", " ANN\t", "　Ann　", "ann.lee@example.com", " Ann.Lee@example.COM ", "13800138001", "138 0013 8001", "+86 138-0013-8001", "008613800138001",
        })
        {
            Assert.Equal((typed, ann), (typed, await SubjectAsync(tenant, typed)));
        }

        Assert.Equal([bea, bea, bea], [await SubjectAsync(tenant, "+44 7911 123456"), await SubjectAsync(tenant, "7911123456"), await SubjectAsync(tenant, "0044 7911123456")]);
        Assert.Equal([chu, dai, dai], [await SubjectAsync(tenant, "+81 3 1234 5678"), await SubjectAsync(tenant, "13800138004"), await SubjectAsync(tenant, "+86 13800138004")]);
        // Another country's number, a part of a name, and what is no name at all.
        foreach (var typed in new[] { "+1 7911123456", "+13800138001", "+81 7911123456", "An", "ann.lee", "%", "Ann.Lee@example_com", " ", "@", "+", "0" })
        {
            Assert.Equal((typed, None), (typed, await SubjectAsync(tenant, typed)));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_way_in_finds_the_user_by_the_same_names(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewWebTenantAsync("password");
        await tenant.AddUserAsync("Ann", ("email", "ann@example.com"), ("phone", "13800138001"));
        foreach (var typed in new[] { " ann ", "ANN@example.com", "+86 138 0013 8001" })
        {
            using var visitor = new Visitor(server);
            Assert.Contains("\"ok\"", (await visitor.LoginAsync(tenant, typed, PasswordUsers.Password)).Text, StringComparison.Ordinal);
            using var page = new Visitor(server);
            var form = await page.GetAsync(Visitor.Authorize(tenant.ClientId, ("login_hint", typed)));
            Assert.Contains($"value=\"{typed}\"", System.Net.WebUtility.HtmlDecode(form.Text), StringComparison.Ordinal);
            Assert.Equal(200, (await page.SubmitAsync(form, ("username", typed), ("password", PasswordUsers.Password))).Status);
            Assert.True(page.Cookies.ContainsKey("postern_session"));
            Assert.Equal(200, (await tenant.PasswordTokensAsync(typed)).Status);
            Assert.Equal("", await RowCaller.Of(tenant).WriteAsync(
                $"/api/check-user-password", new() { ["owner"] = tenant.Organization, ["name"] = typed, ["password"] = PasswordUsers.Password }));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_users_set_themselves_signs_in_once_an_administrator_vouches_for_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        var ann = await tenant.AddUserAsync("ann", ("email", "first@example.com"), ("phone", "13800138001"));
        var (self, boss) = (await tenant.CallerAsync("ann"), RowCaller.Of(tenant));
        var path = $"/api/update-user?id={tenant.Organization}/ann";
        Assert.Equal([ann, ann], [await SubjectAsync(tenant, "first@example.com"), await SubjectAsync(tenant, "13800138001")]);

        // Her own change takes it, also back to what the administrator had set.
        foreach (var (email, phone) in new[] { ("own@example.com", "13800138002"), ("first@example.com", "13800138001") })
        {
            Assert.Equal("Affected", await self.WriteAsync("/api/update-user", new() { ["email"] = email, ["phone"] = phone }));
            Assert.Equal([None, None], [await SubjectAsync(tenant, email), await SubjectAsync(tenant, phone)]);
            Assert.Equal(ann, await SubjectAsync(tenant, "ann"));
        }

        // A client that sends the whole user back vouches for nothing.
        var whole = (JsonObject)(await tenant.UserAsync("ann"))!;
        whole["title"] = "Dr";
        Assert.Equal("Affected", await boss.WriteAsync(path, (JsonObject)whole.DeepClone()));
        Assert.Equal([None, None], [await SubjectAsync(tenant, "first@example.com"), await SubjectAsync(tenant, "13800138001")]);

        // The same value, named: it is the administrator's from here on.
        Assert.Equal("Affected", await boss.WriteAsync(path + "&columns=phone", new() { ["phone"] = "13800138001" }));
        Assert.Equal([None, ann], [await SubjectAsync(tenant, "first@example.com"), await SubjectAsync(tenant, "13800138001")]);
        Assert.Equal("Affected", await boss.WriteAsync(path + "&columns=emailVerified", new() { ["emailVerified"] = true }));
        Assert.Equal(ann, await SubjectAsync(tenant, "first@example.com"));

        // And hers again with the next change, which does not say that it is verified.
        Assert.Equal("Affected", await self.WriteAsync("/api/update-user", new() { ["email"] = "own@example.com" }));
        Assert.Equal(None, await SubjectAsync(tenant, "own@example.com"));
        Assert.Equal("Affected", await boss.WriteAsync(path, new() { ["email"] = "new@example.com" }));
        Assert.Equal(ann, await SubjectAsync(tenant, "new@example.com"));
        Assert.False((bool)(await tenant.UserAsync("ann"))!["emailVerified"]!);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_fits_two_users_fits_none_and_an_exact_name_is_that_user(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        var (capital, small) = (await tenant.AddUserAsync("Alice"), await tenant.AddUserAsync("alice"));
        await tenant.AddUserAsync("bo", ("email", "shared@example.com"), ("phone", "13800138009"));
        await tenant.AddUserAsync("cy", ("email", "Shared@example.com"), ("phone", "13800138009"));
        var named = await tenant.AddUserAsync("13800138010");
        var owner = await tenant.AddUserAsync("dee", ("phone", "13800138010"), ("email", "dee@example.com"));
        await tenant.AddUserAsync("gone", ("email", "dee@example.com"), ("isDeleted", true));
        for (var i = 0; i < 12; i++)
        {
            await tenant.AddUserAsync("many" + i, ("email", "many@example.com"));
        }

        Assert.Equal([capital, small, None], [await SubjectAsync(tenant, "Alice"), await SubjectAsync(tenant, "alice"), await SubjectAsync(tenant, "ALICE")]);
        Assert.Equal([None, None, None], [await SubjectAsync(tenant, "shared@example.com"), await SubjectAsync(tenant, "13800138009"), await SubjectAsync(tenant, "many@example.com")]);
        Assert.Equal([named, owner], [await SubjectAsync(tenant, "13800138010"), await SubjectAsync(tenant, "dee@example.com")]);
        // Refused as a name that no user has, and counted as one.
        Assert.Contains("you have 3 remaining chances", (await tenant.PasswordTokensAsync("aLICE", "x"))["error_description"], StringComparison.Ordinal);
        Assert.Equal(0, await server.ScalarAsync<long>("select coalesce(sum(signin_wrong_times), 0) from users where owner = @Organization", new { tenant.Organization }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_new_name_or_address_that_differs_by_letter_case_alone_is_taken(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("Alice", ("email", "Alice@example.com"), ("phone", "13800138001"));
        await tenant.AddUserAsync("bob");
        var boss = RowCaller.Of(tenant);

        Assert.Equal("Username already exists", await AddAsync("aLICE"));
        Assert.Equal("Email already exists", await AddAsync("carol", ("email", "alice@EXAMPLE.com")));
        Assert.Equal("Username already exists", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/bob&columns=name", new() { ["name"] = "alice" }));
        Assert.Equal("Affected", await boss.WriteAsync($"/api/update-user?id={tenant.Organization}/Alice&columns=name", new() { ["name"] = "ALICE" }));
        // A Mini Program's user chooses a name: not one by which another user signs in.
        foreach (var wanted in new[] { "alice", "13800138001" })
        {
            var answer = await tenant.SignInAsync(tenant.Code("p" + wanted), wanted);
            Assert.Equal(200, answer.Status);
            Assert.StartsWith("wechat-", answer.Claims("access_token").GetProperty("name").GetString(), StringComparison.Ordinal);
        }

        Task<string> AddAsync(string name, params (string Property, JsonNode? Value)[] more)
        {
            var user = new JsonObject { ["owner"] = tenant.Organization, ["name"] = name };
            foreach (var (property, value) in more)
            {
                user[property] = value;
            }

            return boss.WriteAsync("/api/add-user", user);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Wrong_passwords_count_for_the_user_whatever_the_spelling(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("Ann", ("email", "ann@example.com"), ("phone", "13800138001"));
        string[] known = ["Ann", "ann ", "ANN", "aNN", "ann", "Ann", " Ann"];
        string[] unknown = ["Eve", "eve ", "EVE", "eVE", "eve", "Eve", " Eve"];
        string[] numbers = ["13900139001", "+8613900139001", "139 0013 9001", "008613900139001", "+86 139-0013-9001", "13900139001"];

        Assert.Equal(await TryAsync(known), await TryAsync(unknown));
        Assert.Contains("too many times", (await TryAsync(numbers))[^1], StringComparison.Ordinal);
        // Frozen by every name that the user has.
        Assert.All(await TryAsync(["ann@example.com", "13800138001"]), r => Assert.Contains("too many times", r, StringComparison.Ordinal));

        async Task<List<string?>> TryAsync(IEnumerable<string> names)
        {
            var said = new List<string?>();
            foreach (var name in names)
            {
                said.Add((await tenant.PasswordTokensAsync(name, "wrong"))["error_description"]);
            }

            return said;
        }
    }

    private static async Task<string> SubjectAsync(Tenant tenant, string typed) =>
        await tenant.PasswordTokensAsync(typed) is { Status: 200 } answer ? answer.Claims("access_token").GetProperty("sub").GetString()! : None;
}
