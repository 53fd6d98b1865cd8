using System.Text;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;
using Postern.Storage.Databases;

namespace Postern.Directory.Objects;

/// <summary>Where each property of a document is kept: a column, a ciphertext, a list of members, or the body.</summary>
public sealed partial class ObjectStore
{
    private Dictionary<string, object?> Values(StoredObject stored, JsonObject changed)
    {
        var kind = stored.Kind;
        var values = new Dictionary<string, object?>();
        if (changed.Count == 0)
        {
            return values;
        }

        var times = new JsonObject();
        foreach (var column in kind.Columns.Where(c => changed.ContainsKey(c.Property)))
        {
            values[column.Name] = column.Type == ColumnType.Time
                ? Keep(column, Text(changed, column.Property), stored.Time(column), times)
                : Value(kind, column, changed[column.Property]);
        }

        if (kind == UserKind.Kind)
        {
            values["updated_time"] = clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (values.TryGetValue("is_deleted", out var isDeleted))
            {
                values["deleted_time"] = isDeleted is true ? values["updated_time"] : 0L;
            }

            // What an administrator or the user wrote, no sign-in overwrites (docs/design/identity.md).
            foreach (var column in ProfileColumns.Where(values.ContainsKey).ToList())
            {
                values[column + "_by_signin"] = false;
            }

            // The way of writing that knows it to be an administrator's says so (UserUpdates).
            foreach (var column in ContactColumns.Where(values.ContainsKey).ToList())
            {
                values[column + "_by_user"] = true;
            }
        }

        foreach (var secret in kind.Secrets.Where(s => changed.ContainsKey(s.Property)))
        {
            values[secret.Column.Column] = secrets.Protect(secret.Column, stored.Id, Text(changed, secret.Property));
        }

        if (kind.IsShared)
        {
            if (changed.ContainsKey("owner") || changed.ContainsKey("organization"))
            {
                values["organization"] = ObjectTarget.OrganizationOf(kind, Merged(stored.Show(), changed));
            }

            if (kind.Lookup.Length > 0 && changed.ContainsKey(kind.Lookup))
            {
                values["lookup"] = Text(changed, kind.Lookup);
            }
        }

        var (rest, bag) = Rest(kind, changed);
        foreach (var (property, time) in times.Where(t => t.Value is not null || stored.KeepsTime(t.Key)))
        {
            rest[property] = time?.DeepClone();
        }

        if (rest.Count > 0)
        {
            values["body"] = Merge(stored.Body, rest);
        }

        if (bag.Count > 0)
        {
            var known = secrets.Read(kind.EncryptedProperties!, stored.Id, stored.Text(kind.EncryptedProperties!.Column));
            known = known.Length == 0 ? "{}" : known;
            SecretValues.Keep(JsonNode.Parse(known)!.AsObject(), bag);
            values[kind.EncryptedProperties.Column] = secrets.Protect(kind.EncryptedProperties, stored.Id, Merge(known, bag));
        }

        return values;
    }

    private static long SizeOf(IEnumerable<KeyValuePair<string, object?>> row) => row.Sum(v => v.Value is string text ? Encoding.UTF8.GetByteCount(text) : 0L);

    private static LocalizedText TooLarge(ObjectKind kind) => new LocalizedText(
        $"the {kind.Name} is larger than {LargestObject / 1024} KB",
        $"{kind.Name} 大于 {LargestObject / 1024} KB");

    /// <summary>The object as it would become.</summary>
    internal static JsonObject Merged(JsonObject shown, JsonObject changes)
    {
        foreach (var (property, value) in changes)
        {
            shown[property] = value?.DeepClone();
        }

        return shown;
    }

    /// <summary>The lists of a document that stand in <c>memberships</c>. In the body stays of one that was set whether it is empty: it reads as [], not as null.</summary>
    private static Dictionary<string, IReadOnlyList<string>> TakeLists(ObjectKind kind, JsonObject document)
    {
        var lists = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var list in kind.Lists.Where(document.ContainsKey))
        {
            lists[list] = [.. (document[list] as JsonArray ?? []).Select(m => m?.GetValue<string>() ?? "").Where(m => m.Length > 0).Distinct(StringComparer.Ordinal)];
            document[list] = document[list] is JsonArray { Count: 0 } ? new JsonArray() : null;
        }

        return lists;
    }

    private static string Merge(string known, JsonObject changes)
    {
        var merged = JsonNode.Parse(known)!.AsObject();
        foreach (var (property, value) in changes)
        {
            merged.Remove(property);
            if (value is not null)
            {
                merged[property] = value.DeepClone();
            }
        }

        return merged.ToJsonString(KeptJson.Options);
    }

    /// <summary>What has no column: the body, and the secrets that are kept together.</summary>
    private static (JsonObject Body, JsonObject Bag) Rest(ObjectKind kind, JsonObject document)
    {
        var (body, bag) = (new JsonObject(), new JsonObject());
        foreach (var (property, value) in document)
        {
            if (kind.Bagged.Contains(property))
            {
                bag[property] = value?.DeepClone();
                // That a secret is set is shown, so the body keeps a mark of it; of a user not even that.
                if (kind != UserKind.Kind)
                {
                    body[property] = SecretValues.Mask(value);
                }
            }
            else if (kind.ColumnOf(property) is null && kind.SecretOf(property) is null)
            {
                body[property] = value?.DeepClone();
            }
        }

        return (body, bag);
    }

    /// <summary>The milliseconds of a time that a client sent; <paramref name="kept"/> takes its text where it is not how we write it.</summary>
    private long Keep(ObjectColumn column, string text, long before, JsonObject kept)
    {
        var isCreation = column.Property == "createdTime";
        // What cannot be read is ordered by where it was, or by now; without a creation time no list has a place for the object.
        var milliseconds = text.Length > 0 && Rfc3339.TryRead(text, out var read) ? read
            : text.Length == 0 && !isCreation ? 0
            : isCreation && before != 0 ? before
            : clock.GetUtcNow().ToUnixTimeMilliseconds();
        kept[column.Property] = KeptTime.Of(text, milliseconds);
        return milliseconds;
    }

    private static object Value(ObjectKind kind, ObjectColumn column, JsonNode? value)
    {
        switch (column.Type)
        {
            case ColumnType.Bool:
                return value?.GetValue<bool>() ?? false;
            case ColumnType.Whole:
                return value is not null && ObjectShape.TryInteger(value, out var integer) ? integer : 0L;
            case ColumnType.Fraction:
                return value is not null && ObjectShape.TryFloat(value, out var number) ? number : 0.0;
            case ColumnType.Json:
                return (value ?? kind.Shape.ZeroOf(column.Property))?.ToJsonString(KeptJson.Options) ?? "null";
            default:
                return value?.GetValue<string>() ?? "";
        }
    }

    private static string Text(JsonObject document, string property) =>
        document[property] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
