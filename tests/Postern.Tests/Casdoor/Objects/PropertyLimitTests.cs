using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Postern.CasdoorApi.OpenApi;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>Every property of every kind is judged by its declaration, on add and on update, however deep it stands.</summary>
public sealed class PropertyLimitTests(Servers servers)
{
    private static readonly string[] Scripts = ["javascript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>", "vbscript:x", "blob:https://a.example/1"];

    public static TheoryData<string> Kinds => [.. Schemas.Kinds.Select(k => k.Type)];

    [Theory, MemberData(nameof(Kinds))]
    public async Task No_property_takes_another_type_or_more_than_its_limit(string type)
    {
        var kind = Schemas.Kinds.Single(k => k.Type == type);
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var administrator = await Administrator.OfAsync(world.Server);
        foreach (var (property, value) in Bad(kind.Shape, Wrong).Concat(Bad(kind.Shape, TooMuch)).Concat(Bad(kind.Shape, Script)).Where(b => !kind.NeverStored.Contains(b.Property) && !IsEarlierForm(b.Property, b.Value)))
        {
            var answer = await administrator.PostAsync($"/api/add-{kind.Name}", Body(kind, world, "refused", property, value).ToJsonString());
            AssertRefused(answer.Body, property, value, "add");
        }

        Assert.Equal(0, await CountAsync(kind, world));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task No_update_takes_another_type_or_more_than_its_limit(string type)
    {
        var kind = Schemas.Kinds.Single(k => k.Type == type);
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var administrator = await Administrator.OfAsync(world.Server);
        var added = (await administrator.PostAsync($"/api/add-{kind.Name}", Body(kind, world, "kept", "", null).ToJsonString())).Body;
        Assert.Equal("ok", added["status"]!.ToString());
        var owner = kind.FixedOwner ?? world.Organization;
        var id = $"{owner}/{(kind.IsNamedByServer ? added["data"]!.ToString() : world.Name("kept"))}{(kind == SessionKind.Kind ? "/app" : "")}";
        var before = (await administrator.GetAsync($"/api/get-{kind.Name}?id={id}"))["data"]!.ToJsonString();
        foreach (var (property, value) in Bad(kind.Shape, Wrong).Concat(Bad(kind.Shape, TooMuch)).Concat(Bad(kind.Shape, Script))
            .Where(b => !kind.NeverStored.Contains(b.Property) && !IsEarlierForm(b.Property, b.Value) && !kind.FixedAfterAdd.Contains(b.Property) && !(b.Property == "owner" && kind.FixedOwner is not null)))
        {
            var change = new JsonObject { [property] = value?.DeepClone() };
            if (kind == SessionKind.Kind)
            {
                change = Body(kind, world, "kept", property, value);
            }

            AssertRefused((await administrator.PostAsync($"/api/update-{kind.Name}?id={id}&columns={property}", change.ToJsonString())).Body, property, value, "update");
        }

        Assert.Equal(before, (await administrator.GetAsync($"/api/get-{kind.Name}?id={id}"))["data"]!.ToJsonString());
    }

    [Fact]
    public void Every_address_of_every_kind_is_declared_as_one()
    {
        // A name that says address, and what it is instead.
        string[] others = [];
        var shapes = Schemas.Kinds.Select(k => (Name: k.Type, k.Shape)).Concat(Parts.All.Select(p => (Name: p.Key, Shape: p.Value)));
        var plain = from shape in shapes
                    from property in shape.Shape.Properties
                    where property.Type is "S" or "S[]" && property.Limits.Text is TextKind.Plain or TextKind.Multiline
                    where new[] { "url", "uri", "uris", "logo", "avatar", "favicon", "homepage", "website", "image", "logodark", "href", "link", "picture", "origin" }
                        .Any(end => property.Name.EndsWith(end, StringComparison.OrdinalIgnoreCase))
                    where !others.Contains(property.Name)
                    select $"{shape.Name}.{property.Name}";
        Assert.Equal([], plain);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_address_may_be_empty_relative_http_or_https_and_a_picture_its_own_bytes(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        foreach (var (i, address) in new[] { "", "/files/a.png", "www.shop.example/a:b", "https://shop.example/?a=b:c", "HTTP://shop.example", "//cdn.example/a" }.Index())
        {
            var body = new JsonObject { ["owner"] = "admin", ["name"] = world.Name("o" + i), ["websiteUrl"] = address, ["logo"] = address };
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-organization", body));
            Assert.Equal(address, (await administrator.GetAsync($"/api/get-organization?id=admin/{world.Name("o" + i)}"))["data"]!["websiteUrl"]!.ToString());
        }

        // Pages trim what browsers keep.
        foreach (var address in new[] { "javascript:alert(1)", " javascript:alert(1)", "\u00a0javascript:alert(1)", "\ufeffjavascript:alert(1)", "\u200bJavaScript:alert(1)", "\u3000data:text/html,x" })
        {
            Assert.Equal("websiteUrl must be empty or an http or https address", await administrator.WriteAsync($"/api/update-organization?id=admin/{world.Organization}", new JsonObject { ["websiteUrl"] = address }));
        }

        var picture = "data:image/png;base64," + new string('A', 90_000);
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-organization?id=admin/{world.Organization}", new JsonObject { ["logo"] = picture }));
        Assert.Equal("websiteUrl must be empty or an http or https address", await administrator.WriteAsync($"/api/update-organization?id=admin/{world.Organization}", new JsonObject { ["websiteUrl"] = picture[..60] }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_object_is_at_most_256_KB_and_one_that_is_larger_can_only_shrink(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var name = world.Name("big");
        JsonObject Product(int parts) => new(Enumerable.Range(0, parts).Select(i => KeyValuePair.Create($"x-{i}", (JsonNode?)new string('x', 60_000)))
            .Append(new("owner", world.Organization)).Append(new("name", name)));
        var path = $"/api/update-product?id={world.Organization}/{name}";

        Assert.Equal("the product is larger than 256 KB", await administrator.WriteAsync("/api/add-product", Product(5)));
        Assert.Null((await administrator.GetAsync($"/api/get-product?id={world.Organization}/{name}"))["data"]);
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-product", Product(4)));
        Assert.Equal("the product is larger than 256 KB", await administrator.WriteAsync(path, new JsonObject { ["x-9"] = new string('y', 40_000) }));

        // As an older version kept it.
        await world.WriteAsync((c, t) => c.ExecuteAsync(
            "update objects set body = @body where owner = @Organization and name = @name", new { body = Product(8).ToJsonString(), world.Organization, name }, t));
        Assert.Equal("the product is larger than 256 KB", await administrator.WriteAsync(path, new JsonObject { ["displayName"] = "longer than it was" }));
        Assert.Equal("Affected", await administrator.WriteAsync(path, new JsonObject { ["x-7"] = null }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_clients_keep_beside_our_properties_survives_a_round_trip(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var item = new JsonObject { ["name"] = "provider_x", ["canSignIn"] = null, ["ours"] = new JsonObject { ["deep"] = new JsonArray(1, "two") } };
        var body = new JsonObject { ["owner"] = "admin", ["name"] = world.Name("app"), ["organization"] = world.Organization, ["providers"] = new JsonArray(item), ["mine"] = 7 };
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", body));
        var read = (await administrator.GetAsync($"/api/get-application?id=admin/{world.Name("app")}"))["data"]!;
        Assert.Equal("""{"deep":[1,"two"]}""", read["providers"]![0]!["ours"]!.ToJsonString());
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-application?id=admin/{world.Name("app")}", read.AsObject()));
        Assert.StartsWith("the name of a property must be at most 255 bytes", await administrator.WriteAsync("/api/update-application?id=admin/" + world.Name("app"), new JsonObject { [new string('k', 256)] = 1 }), StringComparison.Ordinal);
    }

    /// <summary>Programs that know apiAccess as a switch send it so.</summary>
    private static bool IsEarlierForm(string property, JsonNode? value) =>
        property == "apiAccess" && value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False;

    private static void AssertRefused(JsonNode answer, string property, JsonNode? value, string verb)
    {
        var shown = value?.ToJsonString() ?? "null";
        Assert.True(answer["status"]!.ToString() == "error", $"{verb} took {property} = {shown[..Math.Min(80, shown.Length)]}");
        Assert.True(answer["msg"]!.ToString().Length > 10 && !answer["msg"]!.ToString().Contains("internal", StringComparison.OrdinalIgnoreCase), answer["msg"]!.ToString());
    }

    private static JsonObject Body(ObjectKind kind, ObjectWorld world, string stem, string property, JsonNode? value)
    {
        var body = new JsonObject { ["owner"] = kind.FixedOwner ?? world.Organization, [kind.NameProperty] = world.Name(stem) };
        if (kind.Shape.Has("organization"))
        {
            body["organization"] = world.Organization;
        }

        if (kind == SessionKind.Kind)
        {
            body["application"] = "app";
        }

        if (kind == ObjectKinds.Model)
        {
            body["modelText"] = "[request_definition]\nr = sub\n\n[policy_definition]\np = sub\n\n[policy_effect]\ne = some(where (p.eft == allow))\n\n[matchers]\nm = r.sub == p.sub";
        }

        if (property.Length > 0)
        {
            body[property] = value?.DeepClone();
        }

        return body;
    }

    private static Task<long> CountAsync(ObjectKind kind, ObjectWorld world)
    {
        var (scope, name) = (kind.IsShared ? " and " + kind.Scope : "", world.Name("refused"));
        return kind.IsNamedByServer
            ? world.Server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>($"select count(*) from objects where organization = @Organization{scope}", new { world.Organization }))
            : world.Server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>($"select count(*) from {kind.Table} where name = @name{scope}", new { name }));
    }

    private static IEnumerable<(string Property, JsonNode? Value)> Bad(ObjectShape shape, Func<ShapeProperty, IEnumerable<JsonNode?>> of)
    {
        foreach (var property in shape.Properties)
        {
            foreach (var value in of(property))
            {
                yield return (property.Name, value);
            }

            var isList = property.Type.EndsWith("[]", StringComparison.Ordinal);
            if (Parts.Find(isList ? property.Type[..^2] : property.Type) is { } part)
            {
                foreach (var (name, inner) in Bad(part, of).Where(b => !(property.Type == "ProviderItem[]" && b.Property == "provider")))
                {
                    var entry = new JsonObject { [name] = inner?.DeepClone() };
                    yield return (property.Name, isList ? new JsonArray(entry) : entry);
                }
            }
        }
    }

    private static IEnumerable<JsonNode?> Wrong(ShapeProperty property) => property.Type switch
    {
        "S" => [7, true, new JsonArray()],
        "B" => ["true", 1],
        "I" => ["7", 7.5, 1e30],
        "F" => ["7", true],
        "S[]" => ["x", new JsonArray(7), new JsonObject { ["a"] = "b" }],
        "M" => ["x", new JsonObject { ["a"] = 7 }, new JsonArray(1)],
        "A" or "F[]" => ["x", new JsonObject { ["a"] = "b" }],
        var list when list.EndsWith("[]", StringComparison.Ordinal) => ["x", new JsonArray("x"), new JsonArray(7), new JsonArray((JsonNode?)null)],
        // An empty list is how some clients write an empty object.
        _ => ["x", 7, new JsonArray(1)],
    };

    private static IEnumerable<JsonNode?> TooMuch(ShapeProperty property)
    {
        var limits = property.Limits;
        switch (property.Type)
        {
            case "S":
                yield return new string('x', limits.Bytes + 1);
                yield return new string('长', (limits.Bytes / 3) + 1);
                break;
            case "I":
                yield return long.MaxValue;
                yield return long.MinValue;
                yield return (long)limits.Most + 1;
                break;
            case "F":
                yield return 1e300;
                yield return limits.Least - 1;
                break;
            case "S[]":
                yield return new JsonArray(new string('x', limits.Bytes + 1));
                yield return limits.Entries <= 10_000 ? new JsonArray([.. Enumerable.Range(0, limits.Entries + 1).Select(i => (JsonNode)"a")]) : new JsonArray(7);
                break;
            case "M":
                yield return new JsonObject { ["a"] = new string('x', limits.Bytes + 1) };
                yield return new JsonObject { [new string('x', 256)] = "a" };
                yield return new JsonObject(Enumerable.Range(0, limits.Entries + 1).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)"a")));
                break;
            case "B":
                break;
            case var list when list.EndsWith("[]", StringComparison.Ordinal) || list == "A":
                yield return new JsonArray([.. Enumerable.Range(0, limits.Entries + 1).Select(i => list == "F[]" ? (JsonNode)1 : new JsonObject())]);
                break;
        }
    }

    private static IEnumerable<JsonNode?> Script(ShapeProperty property) => property.Limits.Text is TextKind.Plain or TextKind.Multiline ? []
        : property.Type == "S[]" ? Scripts.Select(s => (JsonNode)new JsonArray(s))
        : Scripts.Select(s => (JsonNode)s);
}
