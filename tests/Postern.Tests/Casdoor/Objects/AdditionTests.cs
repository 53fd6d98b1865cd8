using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

public sealed class AdditionTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_new_user_is_judged_as_one_who_changes(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        Assert.Equal("Affected", await AddAsync("mei", ("email", "mei@example.com"), ("phone", "+86 138-0013-8000")));
        Assert.Equal("13800138000", (await UserAsync("mei"))!["phone"]!.GetValue<string>());

        foreach (var (name, property, value, sentence) in new[]
        {
            ("小明", "bio", "", "The username may only contain alphanumeric characters, underlines or hyphens, cannot have consecutive hyphens or underlines, and cannot begin or end with a hyphen or underline."),
            ("wechat-oAbc", "bio", "", "Usernames that begin with wechat- are reserved"),
            ("tom", "email", "mei@example.com", "Email already exists"),
            ("tom", "Email", "mei@example.com", "Email already exists"),
            ("tom", "email", "not an address", "Email is invalid: it must be one address like name@example.com"),
            ("tom", "phone", "13800138000", "Phone already exists"),
            ("tom", "phone", "call me", "Phone number is invalid"),
            ("tom", "password", new string('x', 1001), "The password must have at most 1000 characters"),
        })
        {
            Assert.Equal(sentence, await AddAsync(name, (property, value)));
            Assert.Null(await UserAsync(name));
        }

        Task<string> AddAsync(string name, params (string, string)[] more)
        {
            var user = new JsonObject { ["owner"] = world.Organization, ["name"] = name };
            foreach (var (property, value) in more)
            {
                user[property] = value;
            }

            return administrator.WriteAsync("/api/add-user", user);
        }

        async Task<JsonNode?> UserAsync(string name) => (await administrator.GetAsync($"/api/get-user?id={world.Organization}/{Uri.EscapeDataString(name)}"))["data"];
    }

    [Fact]
    public async Task A_property_without_a_name_breaks_no_kind()
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var administrator = await Administrator.OfAsync(world.Server);
        foreach (var kind in new[] { "syncer", "webhook", "role", "ticket", "group", "coupon" })
        {
            var (status, body) = await administrator.PostAsync("/api/add-" + kind, new JsonObject { ["owner"] = world.Organization, ["name"] = world.Name("odd"), [""] = new JsonArray(), ["url"] = "https://a.example/" }.ToJsonString());
            Assert.Equal((kind, 200, true), (kind, (int)status, body["status"]!.ToString() is "ok" or "error"));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_an_organization_decides_is_what_a_new_object_has_that_says_nothing(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var world = new ObjectWorld(server);
        using var administrator = await Administrator.OfAsync(server);
        const string Picture = "https://img.example/new.png";
        await administrator.WriteAsync("/api/add-organization", new() { ["owner"] = "admin", ["name"] = world.Organization, ["defaultAvatar"] = Picture, ["defaultTokenFormat"] = "JWT-Empty" });
        foreach (var (stem, avatar) in new[] { ("plain", ""), ("own", "https://img.example/own.png") })
        {
            await administrator.WriteAsync("/api/add-user", new() { ["owner"] = world.Organization, ["name"] = stem, ["avatar"] = avatar });
            await administrator.WriteAsync("/api/add-application", new() { ["owner"] = "admin", ["name"] = world.Name(stem), ["organization"] = world.Organization, ["tokenFormat"] = stem == "own" ? "JWT-Standard" : "" });
        }

        Assert.Equal((Picture, "JWT-Empty"), await ReadAsync("plain"));
        Assert.Equal(("https://img.example/own.png", "JWT-Standard"), await ReadAsync("own"));

        async Task<(string, string)> ReadAsync(string stem) => (
            (await administrator.GetAsync($"/api/get-user?id={world.Organization}/{stem}"))["data"]!["avatar"]!.GetValue<string>(),
            (await administrator.GetAsync($"/api/get-application?id=admin/{world.Name(stem)}"))["data"]!["tokenFormat"]!.GetValue<string>());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_redirect_address_outside_of_ASCII_is_refused_with_a_remedy(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        using var administrator = await Administrator.OfAsync(server);
        const string remedy = "redirectUris must consist of ASCII characters: write a host name in punycode (xn--…) and everything else percent-encoded, instead of https://例子.example/back";
        JsonObject Application(string name, string address) =>
            new() { ["owner"] = "admin", ["name"] = name, ["organization"] = tenant.Organization, ["redirectUris"] = new JsonArray("https://good.example/", address) };

        Assert.Equal(remedy, await administrator.WriteAsync("/api/add-application", Application(tenant.Application + "-b", "https://例子.example/back")));
        Assert.Equal(remedy, await administrator.WriteAsync($"/api/update-application?id=admin/{tenant.Application}", Application(tenant.Application, "https://例子.example/back")));
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-application?id=admin/{tenant.Application}", Application(tenant.Application, "https://xn--fsqu00a.example/back")));
        Assert.Equal("""["https://good.example/","https://xn--fsqu00a.example/back"]""", (await administrator.GetAsync($"/api/get-application?id=admin/{tenant.Application}"))["data"]!["redirectUris"]!.ToJsonString());
        Assert.Null((await administrator.GetAsync($"/api/get-application?id=admin/{tenant.Application}-b"))["data"]);
    }
}
