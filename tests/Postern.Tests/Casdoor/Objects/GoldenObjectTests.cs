using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>The questions that were recorded of a running Casdoor, asked of us: envelope, properties and types of every answer.</summary>
public sealed class GoldenObjectTests(Servers servers)
{
    private static readonly string[] OwnTests = ["organization", "application", "provider", "cert", "user"];

    /// <summary>What we do otherwise on purpose: kind and step (* for all), and why.</summary>
    private static readonly Dictionary<(string Kind, string Step), string> Otherwise = new()
    {
        [("*", "add again")] = "a sentence instead of the database's own",
        [("*", "get without id")] = "an error instead of a crash",
        [("*", "not JSON")] = "says where the text stops being JSON",
        [("form", "update unknown")] = "an object that does not exist is unaffected, whatever its kind",
        [("ticket", "update unknown")] = "an object that does not exist is unaffected, whatever its kind",
        [("ldap", "update unknown")] = "an object that does not exist is unaffected, whatever its kind",
        [("ldap", "update by columns")] = "columns is read for every kind",
        [("ldap", "update one field")] = "columns is read for every kind",
        [("ldap", "get without id")] = "an error in the words of the others",
        [("ldap", "list")] = "is paged as the others are",
        [("product", "update by columns")] = "a partial body changes what it names and nothing else",
        [("model", "update by columns")] = "a partial body changes what it names and nothing else",
        [("syncer", "delete")] = "the object that is named is deleted",
        [("webhook", "delete")] = "the object that is named is deleted",
        [("resource", "update one field")] = "a resource is found by its name",
        [("resource", "update by columns")] = "a resource is found by its name",
        [("resource", "get")] = "a resource is found by its name",
        [("resource", "delete")] = "a row without a file needs no storage to be deleted",
        [("resource", "delete again")] = "a row without a file needs no storage to be deleted",
    };

    public static TheoryData<DatabaseDriver, string> Kinds() => Databases.BothFor(ObjectKinds.All.Where(k => !OwnTests.Contains(k.Name) && !k.IsNamedByServer).Select(k => k.Name));

    [Theory, MemberData(nameof(Kinds))]
    public async Task Every_step_is_answered_as_recorded(DatabaseDriver driver, string name)
    {
        var server = await servers.OnAsync(driver);
        var world = await ObjectWorld.CreateAsync(server);
        using var administrator = await Administrator.OfAsync(server);
        var kind = ObjectKinds.All.Single(k => k.Name == name);
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Golden.Path($"objects/{name}.json"), TestContext.Current.CancellationToken))!;
        var body = golden["add"]!["body"]!.AsObject();
        var owner = body["owner"]!.GetValue<string>() == "hold" ? world.Organization : "admin";
        var probe = world.Name("probe");
        var sent = Renamed(body);
        var id = $"id={owner}/{probe}";

        Compare("add", golden["add"]!["response"]!, await administrator.PostAsync($"/api/add-{name}?{id}", sent.ToJsonString()));
        Compare("add again", golden["add again"]!, await administrator.PostAsync($"/api/add-{name}?{id}", sent.ToJsonString()));
        Compare("get", golden["get"]!, await administrator.AnswerAsync($"/api/get-{name}?{id}"));
        Compare("list", golden["list"]!, await administrator.AnswerAsync($"/api/get-{kind.Plural}?owner={owner}&organization={(owner == "admin" && !kind.Shape.Has("organization") ? "" : world.Organization)}&pageSize=10&p=1"));
        var changed = Renamed(body);
        changed["displayName"] = "Changed";
        Compare("update one field", golden["update one field"]!, await administrator.PostAsync($"/api/update-{name}?{id}", changed.ToJsonString()));
        Compare("update by columns", golden["update by columns"]!, await administrator.PostAsync($"/api/update-{name}?{id}&columns=displayName", changed.ToJsonString()));
        Compare("update unknown", golden["update unknown"]!, await administrator.PostAsync($"/api/update-{name}?id={owner}/none", """{"displayName":"x"}"""));
        Compare("get unknown", golden["get unknown"]!, await administrator.AnswerAsync($"/api/get-{name}?id={owner}/none"));
        Assert.Equal("error", (await administrator.AnswerAsync($"/api/get-{name}")).Body["status"]!.GetValue<string>());
        Assert.Equal("error", (await administrator.PostAsync($"/api/add-{name}", "{\"")).Body["status"]!.GetValue<string>());
        Compare("delete", golden["delete"]!, await administrator.PostAsync($"/api/delete-{name}", sent.ToJsonString()));
        Compare("delete again", golden["delete again"]!, await administrator.PostAsync($"/api/delete-{name}", sent.ToJsonString()));
        Assert.Null((await administrator.AnswerAsync($"/api/get-{name}?{id}")).Body["data"]);

        JsonObject Renamed(JsonObject recorded)
        {
            var ours = JsonNode.Parse(recorded.ToJsonString().Replace("\"hold\"", $"\"{world.Organization}\"", StringComparison.Ordinal))!.AsObject();
            ours["owner"] = owner;
            ours[kind.NameProperty] = probe;
            return ours;
        }

        void Compare(string step, JsonNode recorded, (HttpStatusCode Status, JsonNode Body) answer)
        {
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            var isOtherwise = Otherwise.ContainsKey((name, step)) || Otherwise.ContainsKey(("*", step));
            if (isOtherwise)
            {
                return;
            }

            var expected = recorded["body"]!.AsObject();
            Assert.Equal(expected.Select(p => p.Key), answer.Body.AsObject().Select(p => p.Key));
            Assert.Equal((step, expected["status"]!.ToString()), (step, answer.Body["status"]!.ToString()));
            foreach (var part in new[] { "data", "data2", "data3" })
            {
                CompareData($"{step}: {part}", expected[part], answer.Body[part]);
            }
        }

        void CompareData(string where, JsonNode? recorded, JsonNode? answered)
        {
            if (recorded is JsonValue value && value.GetValueKind() is JsonValueKind.String && value.ToString() is "Affected" or "Unaffected")
            {
                Assert.Equal((where, value.ToString()), (where, answered?.ToString()));
            }
            else if (recorded is JsonArray { Count: > 0 } list)
            {
                CompareData(where, list[0], Assert.Single(answered!.AsArray()));
            }
            else if (recorded is JsonObject document)
            {
                var known = answered!.AsObject().Select(p => p.Key).Where(p => document.ContainsKey(p) || !sent.ContainsKey(p));
                Assert.Equal(document.Select(p => p.Key), known);
                foreach (var (property, wanted) in document)
                {
                    Assert.True(
                        wanted is null ? answered![property] is null or JsonArray or JsonObject : wanted.GetValueKind() == answered![property]?.GetValueKind() || IsTruth(wanted),
                        $"{where}.{property}: recorded {wanted?.ToJsonString()}, answered {answered?[property]?.ToJsonString()}");
                }
            }
            else
            {
                Assert.Equal((where, recorded?.GetValueKind()), (where, answered?.GetValueKind()));
            }
        }
    }

    private static bool IsTruth(JsonNode node) => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False;
}
