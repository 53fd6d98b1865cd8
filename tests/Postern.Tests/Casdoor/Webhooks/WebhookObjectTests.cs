using System.Text.Json.Nodes;
using Postern.CasdoorApi.Webhooks;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Webhooks;

/// <summary>A receiver that keeps a copy of an organization's objects knows from each event which object it is about.</summary>
public sealed class WebhookObjectTests
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_event_of_a_user_has_the_whole_user_and_what_changed_beside(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup", "login", "update-user", "delete-user", "sign-out-user") });
        var (organization, write) = (world.Tenant.Organization, world.Administrator);
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        var signup = Told(await world.NextAsync());
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"));
        var login = Told(await world.NextAsync());
        await write.WriteAsync($"/api/update-user?id={organization}/mei", new JsonObject { ["displayName"] = "Mei Li", ["password"] = "a Long enough passphrase 7" });
        var update = Told(await world.NextAsync());
        await write.PostAsync($"/api/sign-out-user?id={organization}/mei", "");
        var signOut = Told(await world.NextAsync());
        await write.WriteAsync("/api/delete-user", new JsonObject { ["owner"] = organization, ["name"] = "mei" });
        var delete = Told(await world.NextAsync());

        var id = signup.Object["id"]!.ToString();
        Assert.All([signup, login, update, signOut, delete], told =>
            Assert.Equal((organization, "mei", id), (told.Object["owner"]!.ToString(), told.Object["name"]!.ToString(), told.Object["id"]!.ToString())));
        Assert.Equal("Mei Li", update.Object["displayName"]!.ToString());
        Assert.Equal(("Mei Li", "***"), (update.Changes["displayName"]!.ToString(), update.Changes["password"]!.ToString()));
        Assert.Equal("Mei Li", delete.Object["displayName"]!.ToString());
        Assert.All([signup, login, update, signOut, delete], told => Assert.DoesNotContain("passphrase", told.Whole.ToJsonString(), StringComparison.Ordinal));
        Assert.IsType<JsonArray>(login.Object["groups"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_sign_in_of_a_user_who_is_gone_meanwhile_still_names_the_user(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("login") });
        var organization = world.Tenant.Organization;
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        var id = await world.Server.ScalarAsync<string>("select id from users where owner = @organization and name = 'mei'", new { organization });
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"));
        await world.Administrator.WriteAsync("/api/delete-user", new JsonObject { ["owner"] = organization, ["name"] = "mei" });

        var told = Told(await world.NextAsync());

        Assert.Equal((organization, "mei", id), (told.Object["owner"]?.ToString(), told.Object["name"]?.ToString(), told.Object["id"]?.ToString()));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Writes_of_every_kind_are_told_and_recorded_to_the_objects_organization(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        var organization = world.Tenant.Organization;
        var kinds = ObjectKinds.All.Where(k => k.Name is not ("user" or "webhook" or "resource")).ToList();
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray([.. kinds.SelectMany(k => Verbs.Select(v => (JsonNode)$"{v}-{k.Name}"))]) });
        var missing = new List<string>();
        foreach (var kind in kinds.Where(k => k != ObjectKinds.Organization))
        {
            var document = new JsonObject { ["owner"] = kind.FixedOwner ?? organization, [kind.NameProperty] = "thing", ["displayName"] = "Before", ["organization"] = organization };
            if (kind == ObjectKinds.Model)
            {
                document["modelText"] = "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = r.sub == p.sub";
            }

            var added = await world.Administrator.PostAsync($"/api/add-{kind.Name}", document.ToJsonString());
            Assert.True(added.Body["status"]!.ToString() == "ok", $"add-{kind.Name}: {added.Body}");
            var name = kind.IsNamedByServer ? added.Body["data"]!.ToString() : "thing";
            (document[kind.NameProperty], document["displayName"], document["createdTime"]) = (name, "After", "2026-01-02T03:04:05Z");
            var updated = await world.Administrator.PostAsync($"/api/update-{kind.Name}?id={document["owner"]}/{name}", document.ToJsonString());
            Assert.True(updated.Body["status"]!.ToString() == "ok", $"update-{kind.Name}: {updated.Body}");
            var deleted = await world.Administrator.PostAsync($"/api/delete-{kind.Name}", document.ToJsonString());
            Assert.True(deleted.Body["status"]!.ToString() == "ok", $"delete-{kind.Name}: {deleted.Body}");
            var told = (await world.Administrator.GetAsync($"/api/get-webhook-events?organization={organization}"))["data"]!.AsArray();
            foreach (var action in Verbs.Select(v => $"{v}-{kind.Name}"))
            {
                var message = told.FirstOrDefault(t => t!["eventType"]!.ToString() == action) is { } one ? new Message(JsonNode.Parse(one["payload"]!.ToString())!) : null;
                if (message?.Object["owner"]?.ToString() != document["owner"]!.ToString() || message.Object[kind.NameProperty]?.ToString() != name || message.Object["id"] is null)
                {
                    missing.Add($"{action}: {message?.Whole.ToJsonString() ?? "not told"}");
                }
            }
        }

        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void An_object_larger_than_the_limit_loses_its_longest_properties_and_says_which()
    {
        var document = new JsonObject { ["owner"] = "tea", ["name"] = "cup", ["id"] = "1", ["note"] = "short", ["html"] = new string('x', 40_000), ["css"] = new string('y', 50_000) };

        Assert.Equal(["css"], WebhookObject.Shorten(document));
        Assert.Equal(["owner", "name", "id", "note", "html"], document.Select(p => p.Key));
    }

    private static readonly string[] Verbs = ["add", "update", "delete"];

    private static Message Told(Received received) => new(JsonNode.Parse(received.Body)!);

    private sealed record Message(JsonNode Node)
    {
        public JsonObject Whole => Node.AsObject();

        public JsonObject Object => Read("object");

        public JsonObject Changes => Read("changes");

        private JsonObject Read(string property) => Node[property]!.ToString() is { Length: > 0 } text ? JsonNode.Parse(text)!.AsObject() : [];
    }
}
