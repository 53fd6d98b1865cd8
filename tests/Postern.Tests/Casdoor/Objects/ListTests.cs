using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>Pages, filters and orders, held against a reading of everything in memory.</summary>
public sealed class ListTests(Servers servers)
{
    private static readonly string[] Alphabet = ["a", "A", "b", "B", "z", "_", "%", "\\", "*", "é", "É", "张", "伟", "\uD7FF", "\uFFFD", "😀", "\U0010FFFF"];

    private static readonly string[] Filters =
        ["name", "displayName", "display_name", "email", "phone", "tag", "isForbidden", "emailVerified", "score", "balance", "signinWrongTimes", "createdTime", "lastSigninTime", "address"];

    private static readonly string[] Sorts =
        ["", "name", "displayName", "email", "phone", "tag", "isForbidden", "emailVerified", "score", "balance", "signinWrongTimes", "createdTime", "lastSigninTime", "id"];

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_page_of_every_order_and_filter_is_what_a_reading_of_everything_says(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        var random = new Random(20260131);
        for (var i = 0; i < 60; i++)
        {
            await world.AddAsync(ObjectKinds.User, User(world.Organization, i, random));
        }

        var all = (await Lists.ReadAsync(world.Server.Database, ObjectKinds.User, new() { Owner = world.Organization })).Value!.Items;
        Assert.Equal(60, all.Count);
        var found = 0;
        for (var i = 0; i < 400; i++)
        {
            var query = Query(world.Organization, all, random);
            var (names, total) = Naive(all, query);

            var page = await Lists.ReadAsync(world.Server.Database, ObjectKinds.User, query);

            Assert.Equal(("", $"{query} {names} of {total}"), (page.Refusal.English, $"{query} {Names(page.Value!.Items)} of {page.Value.Total}"));
            if (query.PageSize > 0 && total > 0)
            {
                // What a search in most of the table asks finds the same rows, in the same order.
                var plan = ListPlan.Of(world.Server.Database.Dialect, ObjectKinds.User, query).Value!.OverWholeTable();
                Assert.Equal(names, await NamesAsync(world, plan, query, total));
            }

            found += query.IsFiltered && page.Value.Items.Count > 0 ? 1 : 0;
        }

        Assert.True(found > 50, "hardly any filter found something: the test tells nothing");
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Long_texts_are_found_by_their_whole_beginning(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        var shared = new string('张', 150);
        // PostgreSQL keeps no index entry of 2,700 bytes.
        var noise = string.Concat(Enumerable.Range(0, 2000).Select(i => (char)('一' + (i * 7919 % 20000))));
        foreach (var (name, displayName) in new[] { ("a", shared + "a"), ("b", shared + "B" + noise), ("c", new string('张', 99)) })
        {
            await world.AddAsync(ObjectKinds.User, new() { ["owner"] = world.Organization, ["name"] = name });
            // An older version kept names of any length.
            await world.WriteAsync((c, t) => c.ExecuteAsync(
                "update users set display_name = @displayName where owner = @Organization and name = @name", new { displayName, world.Organization, name }, t));
        }

        async Task<string> FindAsync(string value)
        {
            var page = await Lists.ReadAsync(world.Server.Database, ObjectKinds.User,
                new() { Owner = world.Organization, Page = 1, PageSize = 9, Field = "displayName", Value = value, IsBeginning = true });
            return string.Concat(page.Value!.Items.Select(u => (string)u["name"]!).Order(StringComparer.Ordinal));
        }

        Assert.Equal(("abc", "ab", "b", "b"), (await FindAsync("张"), await FindAsync(shared), await FindAsync(shared + "b"), await FindAsync(shared + "B" + noise)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_cannot_be_searched_or_sorted_by_is_said(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        async Task<string> RefusalAsync(ObjectKind kind, ObjectQuery query) =>
            (await Lists.ReadAsync(world.Server.Database, kind, query with { Page = 1, PageSize = 5 })).Refusal.English;

        foreach (var secret in new[] { "password", "passwordSalt", "password_salt", "totpSecret", "recoveryCodes", "roles", "nothing", "na'me" })
        {
            Assert.Equal("users cannot be sorted by " + secret, await RefusalAsync(ObjectKinds.User, new() { SortField = secret }));
            Assert.Equal("users cannot be searched by " + secret, await RefusalAsync(ObjectKinds.User, new() { Field = secret, Value = "x" }));
        }

        Assert.Equal("users cannot be sorted by address", await RefusalAsync(ObjectKinds.User, new() { SortField = "address" }));
        Assert.Equal("applications cannot be sorted by grantTypes", await RefusalAsync(ObjectKinds.Application, new() { SortField = "grantTypes" }));
        Assert.Equal("applications cannot be searched by clientSecret", await RefusalAsync(ObjectKinds.Application, new() { Field = "clientSecret", Value = "x" }));
        Assert.Equal("isAdmin is searched by true or false", await RefusalAsync(ObjectKinds.User, new() { Field = "isAdmin", Value = "x" }));
        Assert.Equal("score is searched by a number", await RefusalAsync(ObjectKinds.User, new() { Field = "score", Value = "NaN" }));
        Assert.Equal("createdTime is searched by the beginning of a time, such as 2026-01-31 or 2026-01-31T08:30", await RefusalAsync(ObjectKinds.User, new() { Field = "createdTime", Value = "may" }));
        Assert.Equal("U+0000 is not allowed in the query", await RefusalAsync(ObjectKinds.User, new() { Field = "name", Value = "a\0" }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Other_kinds_are_paged_filtered_and_sorted_the_same_way(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        foreach (var (stem, port) in new[] { ("one", 25), ("two", 587), ("three", 25) })
        {
            await world.AddAsync(ObjectKinds.Provider, new() { ["owner"] = world.Organization, ["name"] = world.Name(stem), ["displayName"] = "Mail " + stem, ["port"] = port });
        }

        async Task<string> ListAsync(ObjectQuery query)
        {
            var page = await Lists.ReadAsync(world.Server.Database, ObjectKinds.Provider, query with { Owner = world.Organization, PageSize = 2 });
            return string.Join(' ', page.Value!.Items.Select(i => ((string)i["name"]!).Split('-')[0])) + " of " + page.Value.Total;
        }

        Assert.Equal("three one of 2", await ListAsync(new() { Page = 1, Field = "port", Value = "25", SortField = "displayName" }));
        Assert.Equal("two of 3", await ListAsync(new() { Page = 2, Field = "displayName", Value = "mail", SortField = "displayName", IsAscending = true }));
        Assert.Equal("three two of 2", await ListAsync(new() { Page = 1, Field = "displayName", Value = "mAIL t", IsBeginning = true }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_beginning_is_asked_for_over_HTTP_by_match_prefix(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var world = await ObjectWorld.CreateAsync(server);
        using var administrator = await Administrator.OfAsync(server);
        foreach (var name in new[] { "wang", "Wei", "li-wei" })
        {
            await world.AddAsync(ObjectKinds.User, new() { ["owner"] = world.Organization, ["name"] = name });
        }

        var path = $"/api/get-users?owner={world.Organization}&p=1&pageSize=10&field=name&value=WE";
        var (anywhere, beginning) = (await administrator.GetAsync(path + "&sortField=name"), await administrator.GetAsync(path + "&match=prefix"));

        Assert.Equal(("li-wei Wei", 2), (Names(anywhere["data"]!.AsArray().Select(u => u!.AsObject())), (int)anywhere["data2"]!));
        Assert.Equal(("Wei", 1), (Names(beginning["data"]!.AsArray().Select(u => u!.AsObject())), (int)beginning["data2"]!));
    }

    private static Task<string> NamesAsync(ObjectWorld world, ListPlan plan, ObjectQuery query, long total) => world.Server.Database.ReadAsync(async connection =>
    {
        var size = query.PageSize!.Value;
        var parameters = new DynamicParameters(plan.Parameters);
        parameters.Add("size", size);
        parameters.Add("offset", (Math.Clamp(query.Page!.Value, 1, (total + size - 1) / size) - 1) * size);
        Assert.Equal(total, await connection.ExecuteScalarAsync<long>(ObjectStore.CountSql(plan), plan.Parameters));
        var rows = await connection.QueryAsync(ObjectStore.RowsSql(plan, isReversed: false), parameters);
        return string.Join(' ', rows.Select(r => (string)r.name));
    });

    private static JsonObject User(string organization, int i, Random random) => new()
    {
        ["owner"] = organization,
        ["name"] = (random.Next(2) == 0 ? "u" : "U") + i.ToString(CultureInfo.InvariantCulture),
        ["createdTime"] = Time(random),
        ["displayName"] = Text(random),
        ["email"] = random.Next(3) == 0 ? "" : Text(random) + "@x",
        ["phone"] = random.Next(3) == 0 ? "" : "1" + random.Next(100, 999).ToString(CultureInfo.InvariantCulture),
        ["tag"] = Text(random),
        ["isForbidden"] = random.Next(2) == 0,
        ["emailVerified"] = random.Next(2) == 0,
        ["score"] = random.Next(-3, 4),
        ["balance"] = random.Next(-2, 3) / 2.0,
        ["signinWrongTimes"] = random.Next(3),
        ["lastSigninTime"] = random.Next(3) == 0 ? "" : Time(random),
        ["address"] = new JsonArray(Text(random)),
    };

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));

    private static string Time(Random random) => $"20{random.Next(24, 26)}-0{random.Next(1, 4)}-1{random.Next(3)}T08:0{random.Next(3)}:00Z";

    private static ObjectQuery Query(string organization, IReadOnlyList<JsonObject> all, Random random)
    {
        var query = new ObjectQuery
        {
            Owner = organization,
            Page = random.Next(-1, 9),
            PageSize = random.Next(-1, 12),
            SortField = Sorts[random.Next(Sorts.Length)],
            IsAscending = random.Next(2) == 0,
        };
        if (random.Next(4) == 0)
        {
            return query;
        }

        var field = Filters[random.Next(Filters.Length)];
        var value = Shown(all[random.Next(all.Count)], field);
        var isBeginning = random.Next(2) == 0;
        if (field is "createdTime" or "lastSigninTime")
        {
            value = value.Length == 0 ? "2024" : value[..new[] { 4, 7, 10, 13, 16, 20 }[random.Next(6)]];
        }
        else if (field is not ("isForbidden" or "emailVerified" or "score" or "balance" or "signinWrongTimes"))
        {
            // A piece of what somebody has, in another case.
            var runes = value.EnumerateRunes().ToList();
            var from = isBeginning ? 0 : random.Next(runes.Count + 1);
            value = string.Concat(runes.Skip(from).Take(random.Next(1, 3)));
            value = random.Next(2) == 0 ? Lower(value) : value.Replace('b', 'B');
        }

        return query with { Field = field, Value = value, IsBeginning = isBeginning };
    }

    private static (string Names, long Total) Naive(IReadOnlyList<JsonObject> all, ObjectQuery query)
    {
        var field = query.Field == "display_name" ? "displayName" : query.Field;
        var matching = all.Where(u => !query.IsFiltered || Matches(u, field, query)).ToList();
        var isText = field is "name" or "displayName" or "email" or "phone" or "tag";
        var byBeginning = query is { IsFiltered: true, IsBeginning: true, SortField: "" } && isText;
        var sort = query.SortField.Length > 0 ? query.SortField : byBeginning ? field : "createdTime";
        var isAscending = query.SortField.Length > 0 ? query.IsAscending : byBeginning;
        matching.Sort((x, y) =>
        {
            var order = (x[sort]!.GetValueKind(), byBeginning) switch
            {
                (JsonValueKind.Number, _) => Number(x, sort).CompareTo(Number(y, sort)),
                (_, true) => Compare(Lower(Shown(x, sort)), Lower(Shown(y, sort))),
                _ => Compare(Shown(x, sort), Shown(y, sort)),
            };
            order = order != 0 ? order : Compare(Shown(x, "id"), Shown(y, "id"));
            return isAscending ? order : -order;
        });
        var size = (int)(query.PageSize < 0 ? matching.Count : query.PageSize!.Value);
        var last = size == 0 ? 1 : Math.Max(1, (matching.Count + size - 1) / size);
        var page = (int)Math.Clamp(query.Page!.Value, 1, last);
        return (Names(matching.Skip((page - 1) * size).Take(size)), matching.Count);
    }

    private static bool Matches(JsonObject user, string field, ObjectQuery query)
    {
        var shown = Shown(user, field);
        return field switch
        {
            "isForbidden" or "emailVerified" or "score" or "balance" or "signinWrongTimes" => shown == query.Value,
            "createdTime" or "lastSigninTime" => shown.StartsWith(query.Value, StringComparison.Ordinal),
            "address" => Lower(shown).Contains(Lower(query.Value), StringComparison.Ordinal),
            _ when query.IsBeginning => Lower(shown).StartsWith(Lower(query.Value), StringComparison.Ordinal),
            _ => Lower(shown).Contains(Lower(query.Value), StringComparison.Ordinal),
        };
    }

    private static string Shown(JsonObject user, string field) => user[field == "display_name" ? "displayName" : field] switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonNode node => node.ToJsonString(KeptJson.Options),
        _ => "",
    };

    private static double Number(JsonObject user, string field) => double.Parse(Shown(user, field), CultureInfo.InvariantCulture);

    private static string Lower(string text) => string.Concat(text.Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c));

    private static int Compare(string x, string y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));

    private static string Names(IEnumerable<JsonObject> users) => string.Join(' ', users.Select(u => (string)u["name"]!));
}
