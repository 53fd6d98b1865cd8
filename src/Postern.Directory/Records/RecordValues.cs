using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Records;

/// <summary>What a write changes, as its record keeps it: short, and without secrets.</summary>
public static class RecordValues
{
    private const int LongestValue = 2_000;

    // Of all values of one record: ten thousand records are one answer. One long value fits, also where each of its characters is escaped.
    private const int LongestText = 16_000;
    private const string Cut = "…";

    // Changes with every write and says nothing of it.
    private const string Clockwork = "updatedTime";

    /// <summary>Which object it is about, and so to which organization it belongs beside the actor's.</summary>
    public static AuditRecord About(this AuditRecord record, StoredObject stored) =>
        record with { ObjectRow = new(stored.Kind.Name, stored.Id), Concerned = [ObjectTarget.OrganizationOf(stored)] };

    /// <summary>The same of an object that the write adds.</summary>
    public static AuditRecord About(this AuditRecord record, PreparedObject added) =>
        record with { ObjectRow = new(added.Kind.Name, added.Id), Concerned = [added.Organization] };

    /// <summary>The same of a change: one that moves the object belongs to both organizations.</summary>
    public static AuditRecord About(this AuditRecord record, PreparedUpdate change) => record with
    {
        ObjectRow = new(change.Stored.Kind.Name, change.Stored.Id),
        // An organization that is renamed is one, by its new name.
        Concerned = change.Stored.Kind == ObjectKinds.Organization ? [change.Organization] : [ObjectTarget.OrganizationOf(change.Stored), change.Organization],
    };

    /// <summary>The values of a new object that are not Casdoor's zero values.</summary>
    public static AuditRecord Adding(this AuditRecord record, PreparedObject added) =>
        record.About(added) with { NewValues = TextOf(added.Kind, With(added.Kind, added.Lists.Where(l => l.Value.Count > 0), Set(Shown(added.Kind, added.Values)))) };

    /// <summary>The properties that a change changes, before and after.</summary>
    public static AuditRecord Changing(this AuditRecord record, PreparedUpdate change)
    {
        var (stored, kind) = (change.Stored, change.Stored.Kind);
        var (before, after) = (new JsonObject(), new JsonObject());
        var (old, next) = (stored.Show(), Shown(kind, change.Values, stored));
        foreach (var (property, value) in next)
        {
            if (property != Clockwork && !JsonNode.DeepEquals(value, old[property]))
            {
                before[property] = old[property]?.DeepClone();
                after[property] = value?.DeepClone();
            }
        }

        foreach (var property in old.Select(p => p.Key).Where(p => !next.ContainsKey(p)))
        {
            before[property] = old[property]?.DeepClone();
        }

        // A secret is *** before and after.
        foreach (var secret in kind.Secrets.Where(s => change.Values.ContainsKey(s.Column.Column)))
        {
            before[secret.Property] = stored.Text(secret.Column.Column).Length > 0 ? ObjectStore.Masked : "";
            after[secret.Property] = ObjectStore.Masked;
        }

        if (kind.EncryptedProperties is { } bag && change.Values.ContainsKey(bag.Column))
        {
            after[bag.Column] = ObjectStore.Masked;
        }

        return record.About(change) with { OldValues = TextOf(kind, before), NewValues = TextOf(kind, With(kind, change.Lists, after)) };
    }

    /// <summary>What a deleted object was.</summary>
    public static AuditRecord Deleting(this AuditRecord record, StoredObject deleted) =>
        record.About(deleted) with { OldValues = TextOf(deleted.Kind, Set((deleted.Kind, deleted.Show()))) };

    /// <summary>Any document, secrets masked by their names and long values cut; "" for an empty one.</summary>
    public static string TextOf(ObjectKind? kind, JsonObject document)
    {
        var kept = new JsonObject();
        var (length, omitted) = (0, 0);
        foreach (var (property, value) in document)
        {
            var isSecret = kind is not null && (kind.SecretOf(property) is not null || kind.Bagged.Contains(property));
            var shown = Shorten(isSecret ? SecretNames.Mask(value) : SecretNames.Masked(property, value));
            if (!Take(property, shown) && !Take(property, Cut))
            {
                omitted++;
            }
        }

        if (omitted > 0)
        {
            kept[Cut] = omitted;
        }

        return kept.Count == 0 ? "" : kept.ToJsonString(KeptJson.Options);

        bool Take(string property, JsonNode? value)
        {
            var size = property.Length + (value?.ToJsonString(KeptJson.Options).Length ?? 4);
            if (length + size > LongestText)
            {
                return false;
            }

            length += size;
            kept[property] = value;
            return true;
        }
    }

    private static (ObjectKind Kind, JsonObject Document) Shown(ObjectKind kind, IReadOnlyDictionary<string, object?> values) =>
        (kind, new StoredObject(kind, values.ToDictionary()).Show());

    private static JsonObject Shown(ObjectKind kind, IReadOnlyDictionary<string, object?> values, StoredObject stored) =>
        new StoredObject(kind, stored.With(values)).Show();

    private static JsonObject Set((ObjectKind Kind, JsonObject Document) shown)
    {
        foreach (var property in shown.Document.Where(p => p.Value is null || JsonNode.DeepEquals(p.Value, shown.Kind.Shape.ZeroOf(p.Key))).Select(p => p.Key).ToList())
        {
            shown.Document.Remove(property);
        }

        return shown.Document;
    }

    private static JsonObject With(ObjectKind kind, IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> lists, JsonObject values)
    {
        foreach (var (list, members) in lists.Where(l => kind.Lists.Contains(l.Key)))
        {
            values[list] = new JsonArray([.. members.Select(m => (JsonNode)m)]);
        }

        return values;
    }

    private static JsonNode? Shorten(JsonNode? value)
    {
        if (value is null)
        {
            return null;
        }

        var text = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(KeptJson.Options);
        return text.Length <= LongestValue ? value : CutText(text, LongestValue);
    }

    /// <summary>At most so many characters, and a sign where there were more; never half a surrogate pair, which no database takes.</summary>
    public static string CutText(string text, int longest) => text.Length <= longest ? text
        : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)] + Cut;
}
