using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Records;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Webhooks;

/// <summary>
/// The object that an event is about, as a receiver reads it who keeps a copy: every property as it is when the message is sent, secrets
/// masked. Of an object that is gone, what its record keeps.
/// </summary>
internal static class WebhookObject
{
    /// <summary>How long the JSON text of the object may be. The longest properties of a larger one are left out, and named in the message.</summary>
    public const int MostCharacters = 64 * 1024;

    private static readonly string[] Identity = ["owner", "name", "id"];

    /// <summary>The whole object; null where the event is about none.</summary>
    public static async Task<JsonObject?> OfAsync(DbConnection connection, RecordRow record, WebhookEvent told, bool seesAll)
    {
        if (told.ObjectId.Length == 0)
        {
            return null;
        }

        var kind = ObjectKinds.All.FirstOrDefault(k => k.Name == told.ObjectKind);
        // An object that moved to another organization is no longer this webhook's to see.
        if (kind is not null && await ObjectStore.FindByIdAsync(connection, kind, told.ObjectId) is { } stored && (seesAll || stored.OrganizationId == told.OrganizationId))
        {
            return Masked(await ShowAsync(connection, stored));
        }

        return FromRecord(kind, record, told.ObjectId);
    }

    /// <summary>As an administrator reads the user, and without anything that goes by the name of a secret: it leaves the house.</summary>
    public static async Task<JsonObject> OfUserAsync(DbConnection connection, StoredObject user) => Masked(await UserView.WholeAsync(connection, user));

    /// <summary>Leaves out the longest properties until the rest fits.</summary>
    /// <returns>Which were left out.</returns>
    public static IReadOnlyList<string> Shorten(JsonObject document)
    {
        var sizes = document.Select(p => (p.Key, Size: p.Key.Length + (p.Value?.ToJsonString(KeptJson.Options).Length ?? 4) + 4)).ToList();
        var total = sizes.Sum(s => (long)s.Size);
        var omitted = new List<string>();
        foreach (var (property, size) in sizes.Where(s => !Identity.Contains(s.Key)).OrderByDescending(s => s.Size))
        {
            if (total <= MostCharacters)
            {
                break;
            }

            document.Remove(property);
            omitted.Add(property);
            total -= size;
        }

        return omitted;
    }

    private static async Task<JsonObject> ShowAsync(DbConnection connection, StoredObject stored)
    {
        if (stored.Kind == UserKind.Kind)
        {
            return await UserView.WholeAsync(connection, stored);
        }

        // Without the organization, the certificate and the providers that get-application adds: they are objects of their own.
        var shown = stored.Kind == ApplicationKind.Kind ? stored.Show() : (await ObjectStore.ShowAsync(connection, [stored]))[0];
        if (!shown.ContainsKey("id"))
        {
            shown["id"] = stored.Id;
        }

        return shown;
    }

    /// <summary>What the record says of an object that cannot be read: all that a deletion took, or what was written.</summary>
    private static JsonObject FromRecord(ObjectKind? kind, RecordRow record, string id)
    {
        var known = new JsonObject();
        if (ObjectId.TryRead(record.Target, out var target))
        {
            known["owner"] = target.Owner;
            known[kind?.NameProperty ?? "name"] = target.Name;
        }
        else if (record.UserId == id)
        {
            // The target of a sign-in is the application; its user stands beside.
            (known["owner"], known["name"]) = (record.Organization, record.UserName);
        }

        foreach (var (property, value) in Parsed(record.OldValues).Concat(Parsed(record.NewValues)))
        {
            // A record shortens long lists and maps to texts, which a typed client could not read.
            if (value is not null && (kind is null || !kind.Shape.Has(property) || kind.Shape.Refuse("", property, value) is null))
            {
                known[property] = value.DeepClone();
            }
        }

        if (!known.ContainsKey("id"))
        {
            known["id"] = id;
        }

        return known;
    }

    private static JsonObject Parsed(string values)
    {
        try
        {
            return JsonNode.Parse(values.Length == 0 ? "{}" : values) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Masked by names, and each property of the type that it had.</summary>
    private static JsonObject Masked(JsonObject shown)
    {
        var masked = SecretNames.Masked("", shown)!.AsObject();
        foreach (var (property, value) in shown)
        {
            if (value is JsonArray or JsonObject && masked[property] is JsonValue)
            {
                masked[property] = value is JsonArray ? new JsonArray() : new JsonObject();
            }
        }

        return masked;
    }
}
