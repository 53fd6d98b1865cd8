using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>Read an object, change one property, send all of it: only that property changes, however a library writes the rest.</summary>
public sealed class LossyRoundTripTests(Servers servers)
{
    private static readonly string[] Harmless = ["displayName", "description", "table", "serverName", "reason", "method", "tag", "host"];

    public static TheoryData<DatabaseDriver, string> Kinds() => Databases.BothFor(ObjectKinds.All.Select(k => k.Name));

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_whole_object_in_a_librarys_form_changes_one_property(DatabaseDriver driver, string name)
    {
        var kind = ObjectKinds.All.Single(k => k.Name == name);
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var world = new EveryKind(await server.NewTenantAsync(), administrator);
        var wrong = new List<string>();
        foreach (var id in new[] { kind == ObjectKinds.User ? await world.AddHolderAsync() : await world.AddAsync(kind, isFull: true), await world.AddAsync(kind, isFull: false) })
        {
            await GoRoundAsync(administrator, kind, id, wrong);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static async Task GoRoundAsync(Administrator administrator, ObjectKind kind, string id, List<string> wrong)
    {
        var property = Harmless.First(kind.Shape.Has);
        var before = await ReadAsync(administrator, kind, id);
        foreach (var (form, of) in LossyForms.All)
        {
            var sent = (JsonObject)before.DeepClone();
            sent[property] = "changed by " + form;
            var expected = (JsonObject)sent.DeepClone();
            if (form == "more keys")
            {
                expected["aKeyOfANewerModel"] = "x";
            }

            sent = of(kind.Shape, sent);
            sent[property] = "changed by " + form;
            var answer = (await administrator.PostAsync($"/api/update-{kind.Name}?id={Uri.EscapeDataString(id)}", sent.ToJsonString())).Body;
            var after = await ReadAsync(administrator, kind, id);
            if (answer["status"]!.GetValue<string>() != "ok" || !JsonNode.DeepEquals(Still(expected), Still(after)))
            {
                wrong.Add($"{id}, {form}: {answer["msg"]}{string.Concat(Differences(expected, after))}");
            }

            before = after;
        }
    }

    private static async Task<JsonObject> ReadAsync(Administrator administrator, ObjectKind kind, string id) =>
        (JsonObject)(await administrator.GetAsync($"/api/get-{kind.Name}?id={Uri.EscapeDataString(id)}"))["data"]!;

    /// <summary>Without the time that each write sets.</summary>
    private static JsonObject Still(JsonObject read) => new(read.Where(p => p.Key != "updatedTime").OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));

    private static IEnumerable<string> Differences(JsonObject expected, JsonObject found) => expected.Select(p => p.Key).Union(found.Select(p => p.Key))
        .Where(k => k != "updatedTime" && !JsonNode.DeepEquals(expected[k], found[k]))
        .Select(k => $" [{k}: {expected[k]?.ToJsonString() ?? "null"} became {found[k]?.ToJsonString() ?? "null"}]");
}
