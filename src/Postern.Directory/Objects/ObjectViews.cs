using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>Properties that are read from other tables: one query for all objects of an answer.</summary>
internal static class ObjectViews
{
    // SQLite takes 32,766 parameters in one statement, PostgreSQL an array.
    private const int Chunk = 5000;

    public static async Task FillAsync(DbConnection connection, IReadOnlyList<StoredObject> stored, IReadOnlyList<JsonObject> shown, bool isWhole)
    {
        var kind = stored[0].Kind;
        // A user's groups are read together with what they give.
        if (kind == UserKind.Kind)
        {
            await FillHoldingsAsync(connection, stored, shown);
        }
        else if (kind.Lists.Count > 0)
        {
            await FillListsAsync(connection, stored, shown);
        }

        await (kind.Name switch
        {
            "user" => FillUsersAsync(connection, stored, shown),
            "application" => FillApplicationsAsync(connection, shown),
            "product" when isWhole => FillProductsAsync(connection, shown),
            "group" => GroupViews.FillAsync(connection, stored, shown, isWhole),
            _ => Task.CompletedTask,
        });
    }

    private static async Task FillListsAsync(DbConnection connection, IReadOnlyList<StoredObject> stored, IReadOnlyList<JsonObject> shown)
    {
        var members = await Memberships.OfAsync(connection, [.. stored.Select(s => s.Id)]);
        foreach (var (one, document) in stored.Zip(shown))
        {
            foreach (var list in one.Kind.Lists)
            {
                var found = members[(one.Id, list)].Select(m => (JsonNode)m).ToArray();
                document[list] = found.Length > 0 ? new JsonArray(found) : document[list]?.DeepClone() ?? one.Kind.Shape.ZeroOf(list);
            }
        }
    }

    private static async Task FillHoldingsAsync(DbConnection connection, IReadOnlyList<StoredObject> stored, IReadOnlyList<JsonObject> shown)
    {
        var holdings = await EffectiveRolesReader.OfAsync(connection, [.. stored.Select(s => new Holder(s.Id, s.Owner))]);
        foreach (var (user, document) in stored.Zip(shown))
        {
            var held = holdings[user.Id];
            document["groups"] = held.Groups.Count > 0 ? new JsonArray([.. held.Groups.Select(g => (JsonNode)g)]) : document["groups"]?.DeepClone() ?? user.Kind.Shape.ZeroOf("groups");
            document["roles"] = new JsonArray([.. held.Roles.Select(r => r.DeepClone())]);
            document["permissions"] = new JsonArray([.. held.Permissions.Select(p => p.DeepClone())]);
        }
    }

    /// <summary>The WeChat identities as Casdoor's clients look for them: flat <c>wechat</c> and two entries of <c>properties</c>.</summary>
    private static async Task FillUsersAsync(DbConnection connection, IReadOnlyList<StoredObject> stored, IReadOnlyList<JsonObject> shown)
    {
        var users = stored.Zip(shown).ToDictionary(p => p.First.Id, p => p.Second, StringComparer.Ordinal);
        foreach (var ids in users.Keys.Chunk(Chunk))
        {
            var parameters = new DynamicParameters();
            var identities = await connection.QueryAsync<(string UserId, string Kind, string Subject)>(
                $"select user_id, kind, subject from external_identities where user_id in {parameters.AddList("id", ids)} order by created_time, issuer", parameters);
            foreach (var (userId, kind, subject) in identities)
            {
                var user = users[userId];
                if (user["properties"] is not JsonObject properties)
                {
                    user["properties"] = properties = [];
                }

                if (kind == ExternalIdentities.OpenId && properties.TryAdd("wechatOpenId", subject))
                {
                    user["wechat"] = subject;
                }
                else if (kind == ExternalIdentities.UnionId)
                {
                    properties.TryAdd("wechatUnionId", subject);
                }
            }
        }
    }

    /// <summary>The organization, the cert's public part and each item's provider, resolved as Casdoor's clients expect them.</summary>
    private static async Task FillApplicationsAsync(DbConnection connection, IReadOnlyList<JsonObject> shown)
    {
        var organizations = await NamedAsync(connection, OrganizationKind.Kind, shown.Select(a => Text(a, "organization")));
        var certs = await NamedAsync(connection, CertKind.Kind, shown.Select(a => Text(a, "cert")));
        var providers = await NamedAsync(connection, ProviderKind.Kind, shown.SelectMany(Items).Select(i => Text(i, "name")));
        foreach (var application in shown)
        {
            var organization = Text(application, "organization");
            application["organizationObj"] = organizations.GetValueOrDefault(organization)?.DeepClone();
            application["certPublicKey"] = certs.TryGetValue(Text(application, "cert"), out var cert) ? Text(cert, "certificate") : "";
            foreach (var item in Items(application))
            {
                item["provider"] = providers.TryGetValue(Text(item, "name"), out var provider) && (Text(provider, "owner") == "admin" || Text(provider, "owner") == organization)
                    ? provider.DeepClone()
                    : null;
            }
        }
    }

    /// <summary>What a buyer may know of each provider that takes the payment.</summary>
    private static async Task FillProductsAsync(DbConnection connection, IReadOnlyList<JsonObject> shown)
    {
        var providers = await NamedAsync(connection, ProviderKind.Kind, shown.SelectMany(Names));
        foreach (var product in shown)
        {
            var found = Names(product).Select(providers.GetValueOrDefault).OfType<JsonObject>()
                .Where(p => Text(p, "owner") == "admin" || Text(p, "owner") == Text(product, "owner")).Select(JsonNode (p) => PublicApplication.OfProvider(p));
            product["providerObjs"] = new JsonArray([.. found]);
        }

        static IEnumerable<string> Names(JsonObject product) => (product["providers"] as JsonArray ?? []).Select(n => n?.ToString() ?? "");
    }

    private static async Task<Dictionary<string, JsonObject>> NamedAsync(DbConnection connection, ObjectKind kind, IEnumerable<string> wanted)
    {
        var found = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var names in wanted.Where(n => n.Length > 0).Distinct(StringComparer.Ordinal).Chunk(Chunk))
        {
            var parameters = new DynamicParameters();
            var rows = await connection.QueryAsync($"select {ObjectStore.Selected(kind)} from {kind.Table} where name in {parameters.AddList("name", names)}", parameters);
            foreach (var stored in rows.Select(r => new StoredObject(kind, (IDictionary<string, object?>)r)))
            {
                found[stored.Name] = stored.Show();
            }
        }

        return found;
    }

    private static IEnumerable<JsonObject> Items(JsonObject application) => (application["providers"] as JsonArray ?? []).OfType<JsonObject>();

    private static string Text(JsonObject document, string property) =>
        document[property] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
