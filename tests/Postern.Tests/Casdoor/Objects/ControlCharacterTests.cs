using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>Control characters are taken out of nicknames and refused everywhere else (docs/design/errors.md).</summary>
public sealed class ControlCharacterTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task They_are_taken_out_of_a_display_name(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);

        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-user", User("mei", ("displayName", "M\u0007e\ri\n"))));
        Assert.Equal("Mei", await ReadAsync("mei", "displayName"));
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-user?id={world.Organization}/mei", new JsonObject { ["displayName"] = "\u001b[1mMei\u0085 Lin" }));
        Assert.Equal("[1mMei Lin", await ReadAsync("mei", "displayName"));
        Assert.Equal("Display name cannot be empty", await administrator.WriteAsync($"/api/update-user?id={world.Organization}/mei", new JsonObject { ["displayName"] = " \t\u3000" }));
        Assert.Equal("[1mMei Lin", await ReadAsync("mei", "displayName"));

        JsonObject User(string name, params (string, string)[] more)
        {
            var user = new JsonObject { ["owner"] = world.Organization, ["name"] = name };
            foreach (var (property, value) in more)
            {
                user[property] = value;
            }

            return user;
        }

        async Task<string?> ReadAsync(string name, string property) =>
            (await administrator.GetAsync($"/api/get-user?id={world.Organization}/{name}"))["data"]?[property]?.GetValue<string>();
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task They_are_refused_in_every_other_line_which_the_sentence_names(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        foreach (var (kind, owner, property) in new[]
        {
            ("user", world.Organization, "title"), ("user", world.Organization, "location"), ("user", world.Organization, "affiliation"),
            ("user", world.Organization, "tag"), ("user", world.Organization, "password"), ("application", "admin", "clientId"),
            ("application", "admin", "clientSecret"), ("application", "admin", "displayName"), ("provider", "admin", "clientId"),
            ("provider", "admin", "clientSecret"), ("organization", "admin", "defaultApplication"), ("cert", "admin", "displayName"),
        })
        {
            var (name, sentence) = (world.Name(property), $"{property} must not contain control characters");
            Assert.Equal(sentence, await administrator.WriteAsync("/api/add-" + kind, Object(kind, owner, name, property, "a\tb")));
            Assert.Null((await administrator.GetAsync($"/api/get-{kind}?id={owner}/{name}"))["data"]);

            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-" + kind, Object(kind, owner, name, property, "plain-text" + name)));
            Assert.Equal(sentence, await administrator.WriteAsync($"/api/update-{kind}?id={owner}/{name}", new JsonObject { [property] = "long-enough\u007f" }));
        }

        var uris = new JsonObject { ["name"] = world.Name("uris"), ["organization"] = world.Organization, ["redirectUris"] = new JsonArray("https://a.example/\r\nX: y") };
        Assert.Equal("redirectUris[0] must not contain control characters", await administrator.WriteAsync("/api/add-application", uris));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Texts_of_several_lines_keep_their_tabs_and_line_ends_and_have_no_others(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        const string lines = "<div>\r\n\t你好\n</div>";
        var application = world.Name("pages");

        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", Object("application", "admin", application, "signinHtml", lines)));
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-application?id=admin/{application}", new JsonObject { ["formCss"] = lines, ["description"] = lines }));
        Assert.Equal("formCss must not contain control characters other than tabs and line ends", await administrator.WriteAsync($"/api/update-application?id=admin/{application}", new JsonObject { ["formCss"] = "a\u0008b" }));

        var read = (await administrator.GetAsync($"/api/get-application?id=admin/{application}"))["data"]!;
        Assert.Equal((lines, lines, lines), (read["signinHtml"]!.GetValue<string>(), read["formCss"]!.GetValue<string>(), read["description"]!.GetValue<string>()));
    }

    private static JsonObject Object(string kind, string owner, string name, string property, string value) => kind == "application"
        ? new() { ["owner"] = owner, ["name"] = name, ["organization"] = "built-in", [property] = value }
        : new() { ["owner"] = owner, ["name"] = name, ["cryptoAlgorithm"] = "ES256", [property] = value };
}
