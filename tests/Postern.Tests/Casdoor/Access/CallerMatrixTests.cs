using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Postern.CasdoorApi.InstallationRoutes;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Access;

/// <summary>Every route of every kind, asked by every kind of caller; and what is refused has no effect.</summary>
public sealed class CallerMatrixTests(AccessWorlds worlds) : IClassFixture<AccessWorlds>
{
    internal static readonly string[] Administrators = ["administrator", "global administrator", "application", "application of built-in"];
    internal static readonly string[] Global = ["global administrator", "application of built-in"];
    internal static readonly string[] Everybody = [.. AccessWorld.Callers.Except(["expired token", "revoked token"])];
    internal static readonly string[] Himself = [.. Administrators, "himself"];

    // A signed-in caller has a list of organizations with the own one, and can ask for no other.
    internal static readonly string[] Members = [.. Himself, "another user"];
    internal static readonly string[] SignedIn = [.. Members, "administrator of another", "application of another"];

    /// <summary>The callers that each route lets in, where that is not the administrators of the object's organization.</summary>
    private static readonly Dictionary<string, string[]> Otherwise = new()
    {
        ["get-organizations"] = Members,
        ["add-organization"] = Global,
        ["delete-organization"] = Global,
        ["get-application"] = Everybody,
        ["get-user"] = Himself,
        ["update-user"] = Himself,
        ["delete-user"] = Himself,
        // A user's list of files holds the user's own.
        ["get-resources"] = Members,
        ["get-resource"] = Himself,
        ["delete-resource"] = Himself,
        ["get-product"] = Everybody,
        ["get-products"] = Everybody,
        ["get-plan"] = Everybody,
        ["get-pricing"] = Everybody,
        ["get-subscription"] = Himself,
        ["get-order"] = Himself,
        ["get-payment"] = Himself,
        ["get-transaction"] = Himself,
    };

    // Issued tokens are rows of another table; one that a client writes down is an object like others.
    private static readonly ObjectKind[] All = [.. ObjectKinds.All, TokenKind.Kind];

    public static TheoryData<DatabaseDriver, string> Kinds() => Databases.BothFor(All.Select(k => k.Name));

    [Theory, MemberData(nameof(Kinds))]
    public async Task Each_caller_is_let_in_where_he_should_be_and_what_is_refused_changes_nothing(DatabaseDriver driver, string name)
    {
        var world = await worlds.OnAsync(driver);
        var kind = Array.Find(All, k => k.Name == name)!;
        var (verdicts, expected) = (new List<string>(), new List<string>());
        foreach (var caller in AccessWorld.Callers)
        {
            var probe = await Probe.AddAsync(world, kind);
            await JudgeAsync($"get-{name}", "GET", $"?id={probe.Id}");
            await JudgeAsync($"get-{kind.Plural}", "GET", $"?owner={probe.ListOwner}&organization={world.Hold.Organization}");

            var added = probe.Another();
            var addition = await JudgeAsync($"add-{name}", "POST", $"?id={added.Id}", added.Body);
            var nowThere = kind.IsNamedByServer ? addition["status"]?.ToString() == "ok" : await added.ReadAsync() is not null;
            Assert.Equal((caller, IsLetIn($"add-{name}", caller)), (caller, nowThere));

            await JudgeAsync($"update-{name}", "POST", $"?id={probe.Id}", new JsonObject { [probe.Changed] = "changed" });
            Assert.Equal((caller, IsLetIn($"update-{name}", caller)), (caller, (await probe.ReadAsync())?[probe.Changed]?.ToString() == "changed"));

            await JudgeAsync($"delete-{name}", "POST", $"?id={probe.Id}", probe.Named());
            // An organization that has something of its own stays.
            Assert.Equal((caller, IsLetIn($"delete-{name}", caller) && kind != ObjectKinds.Organization), (caller, await probe.ReadAsync() is null));

            async Task<JsonNode> JudgeAsync(string route, string method, string query, JsonObject? body = null)
            {
                // Only a user can be the caller; a user may read the object of another kind that names the user.
                var who = name == "user" && caller == "himself" ? await world.SignInAsync(probe.Name) : caller;
                var answer = await world.AskAsync(who, method, "/api/" + route + query, body);
                verdicts.Add($"{route} {caller}: {(AccessWorld.IsRefused(answer) ? "refused" : "let in")}");
                expected.Add($"{route} {caller}: {(IsLetIn(route, caller) ? "let in" : "refused")}");
                return answer.Body!;
            }
        }

        Assert.Equal(expected, verdicts);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task No_mismatch_of_query_body_and_organization_reaches_what_is_another_organizations(DatabaseDriver driver, string name)
    {
        var world = await worlds.OnAsync(driver);
        var kind = Array.Find(All, k => k.Name == name)!;
        var probe = await Probe.AddAsync(world, kind);
        var before = (await probe.ReadAsync())!.ToJsonString();
        var own = world.Other.Organization;
        foreach (var caller in new[] { "administrator of another", "application of another", "another user", "nobody" })
        {
            // A member of the organization reads its name; an administrator of another could put the other organization in everywhere.
            string?[] owners = caller == "administrator of another" ? [.. new[] { null, own, probe.Owner, "admin" }.Distinct()] : [own, probe.Owner];
            foreach (var queryOwner in owners)
            {
                foreach (var bodyOwner in owners)
                {
                    foreach (var organization in new[] { null, own })
                    {
                        var query = $"?organization={organization}&owner={queryOwner}" + (queryOwner is null ? "" : $"&id={queryOwner}/{probe.Name}");
                        var body = new JsonObject { [kind.NameProperty] = probe.Name, [probe.Changed] = "changed", ["isAdmin"] = true };
                        Set(body, "owner", bodyOwner);
                        Set(body, "organization", organization);
                        foreach (var route in new[] { "update", "delete", "add" })
                        {
                            await world.AskAsync(caller, "POST", $"/api/{route}-{name}{query}", (JsonObject)body.DeepClone());
                        }

                        var read = await world.AskAsync(caller, "GET", $"/api/get-{name}{query}");
                        var list = await world.AskAsync(caller, "GET", $"/api/get-{kind.Plural}{query}&pageSize=1000&p=1");
                        if (!IsPublic(name) && !(kind == ObjectKinds.Organization && caller == "another user"))
                        {
                            Assert.DoesNotContain($"\"{probe.Mark}\"", read.Text + list.Text, StringComparison.Ordinal);
                        }
                    }
                }
            }
        }

        Assert.Equal(before, (await probe.ReadAsync())!.ToJsonString());
        // Nothing of theirs went into the organization either.
        var there = (await world.SetUpAsync("GET", $"/api/get-{kind.Plural}?owner={probe.ListOwner}&organization={world.Hold.Organization}&pageSize=10000&p=1"))["data"]!.AsArray();
        Assert.DoesNotContain(there, o => o!["displayName"]?.ToString() == "changed" && o[kind.NameProperty]?.ToString() == probe.Name);

        static void Set(JsonObject body, string property, string? value)
        {
            if (value is not null)
            {
                body[property] = value;
            }
        }
    }

    [Fact]
    public async Task No_route_of_the_API_is_without_an_expectation()
    {
        var world = await worlds.OnAsync(DatabaseDriver.Sqlite);
        var kinds = All.SelectMany(k => new[]
        {
            $"/api/get-{k.Name}", $"/api/get-{k.Plural}", $"/api/add-{k.Name}", $"/api/update-{k.Name}", $"/api/delete-{k.Name}", $"/api/get-global-{k.Plural}",
        }).ToHashSet(StringComparer.Ordinal);
        var mapped = world.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).Where(p => p.StartsWith("/api/", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], mapped.Except(kinds).Except(NotOffered.Sentences.Keys.Select(r => r.Split(' ')[1])).Except(RouteMatrixTests.Paths).Except(RouteMatrixTests.LetIn.Keys.Select(r => r.Split(' ', '?')[1])).Order(StringComparer.Ordinal));
    }

    private static bool IsLetIn(string route, string caller) => Otherwise.GetValueOrDefault(route, Administrators).Contains(caller);

    private static bool IsPublic(string kind) => kind is "application" or "product" or "plan" or "pricing";

    /// <summary>One object of organization hold, and what a test does with it.</summary>
    private sealed record Probe(AccessWorld World, ObjectKind Kind, string Name)
    {
        public string Organization => World.Hold.Organization;

        public string Owner => Kind.FixedOwner ?? Organization;

        public string ListOwner => Kind == ObjectKinds.Organization ? "admin" : Owner;

        public string Id => $"{Owner}/{Name}";

        /// <summary>A text of the object that nothing else holds.</summary>
        public string Mark => "mark-" + Name;

        public string Changed => Kind.Shape.Has("displayName") ? "displayName" : Kind == LdapKind.Kind ? "serverName" : Kind.Shape.Has("host") ? "host" : Kind.Shape.Has("reason") ? "reason" : Kind.Shape.Has("description") ? "description" : Kind == TokenKind.Kind ? "scope" : "url";

        public JsonObject Body
        {
            get
            {
                var body = new JsonObject { ["owner"] = Owner, [Kind.NameProperty] = Name, [Changed] = Mark };
                if (Kind.Shape.Has("organization"))
                {
                    body["organization"] = Organization;
                }

                if (Kind.Shape.Has("user") && Kind.IsShared)
                {
                    body["user"] = "alice";
                }

                if (Kind == ObjectKinds.Model)
                {
                    body["modelText"] = "[request_definition]\nr = sub, obj, act\n\n[policy_definition]\np = sub, obj, act\n\n[policy_effect]\ne = some(where (p.eft == allow))\n\n[matchers]\nm = r.sub == p.sub && r.obj == p.obj && r.act == p.act";
                }

                if (Kind == ObjectKinds.User)
                {
                    body["password"] = Fixtures.PasswordUsers.Password;
                }

                return body;
            }
        }

        public static async Task<Probe> AddAsync(AccessWorld world, ObjectKind kind)
        {
            // An organization that callers belong to: the one that is there already.
            var probe = new Probe(world, kind, kind == ObjectKinds.Organization ? world.Hold.Organization : world.NewName());
            if (kind == ObjectKinds.Organization)
            {
                await world.SetUpAsync("POST", $"/api/update-organization?id={probe.Id}", new JsonObject { ["displayName"] = probe.Mark });
                return probe;
            }

            var added = await world.SetUpAsync("POST", "/api/add-" + kind.Name, probe.Body);
            return kind.IsNamedByServer ? probe with { Name = added["data"]!.ToString() } : probe;
        }

        public Probe Another() => this with { Name = World.NewName() };

        public JsonObject Named() => new() { ["owner"] = Owner, [Kind.NameProperty] = Name };

        public async Task<JsonNode?> ReadAsync() => (await World.AskAsync("global administrator", "GET", $"/api/get-{Kind.Name}?id={Id}")).Body!["data"];
    }
}
