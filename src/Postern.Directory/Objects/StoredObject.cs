using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.Kinds;

namespace Postern.Directory.Objects;

/// <summary>A row as it was read: what a change is compared with, and what is shown.</summary>
public sealed class StoredObject(ObjectKind kind, IDictionary<string, object?> row)
{
    public ObjectKind Kind => kind;

    /// <summary>The row's id; a user's is the token's <c>sub</c>.</summary>
    public string Id => Text("id");

    public string Owner => Text("owner");

    public string Name => Text("name");

    public string Body => Text("body");

    /// <summary>The id of the organization whose it is; null for the installation's.</summary>
    public string? OrganizationId => kind.OrganizationColumn is null ? Id : (string?)row["organization_id"];

    /// <summary>What the row holds in memory: the characters of its texts, and something for the rest.</summary>
    internal long Characters => 256 + row.Values.Sum(v => v is string text ? text.Length : 0L);

    public string Text(string column) => (string)row[column]!;

    /// <summary>The row with these columns changed.</summary>
    internal IDictionary<string, object?> With(IEnumerable<KeyValuePair<string, object?>> values)
    {
        var changed = new Dictionary<string, object?>(row);
        foreach (var (column, value) in values)
        {
            changed[column] = value;
        }

        return changed;
    }

    /// <summary>
    /// The object as its readers see it, with every property that Casdoor has. A secret that is set reads as
    /// <c>***</c>, never as empty (docs/design/secrets.md).
    /// </summary>
    public JsonObject Show()
    {
        var shown = kind.Shape.Zero();
        var body = JsonNode.Parse(Body)!.AsObject();
        foreach (var (property, value) in body)
        {
            shown[property] = value?.DeepClone();
        }

        foreach (var column in kind.Columns)
        {
            shown[column.Property] = column.Type == ColumnType.Time ? KeptTime.Show(body[column.Property], Time(column)) : Read(column);
        }

        // A client of another type reads no part of a list or object that lacks a key.
        foreach (var property in kind.Shape.Properties)
        {
            Parts.Fill(property.Type, shown[property.Name]);
        }

        // An organization's new name is followed in the column.
        if (kind.IsShared && shown["organization"] is JsonValue organization && organization.ToString().Length > 0)
        {
            shown["organization"] = Text("organization");
        }

        foreach (var secret in kind.Secrets)
        {
            shown[secret.Property] = Text(secret.Column.Column).Length > 0 ? ObjectStore.Masked : "";
        }

        return shown;
    }

    /// <summary>A time's milliseconds.</summary>
    internal long Time(ObjectColumn column) => Convert.ToInt64(row[column.Name], CultureInfo.InvariantCulture);

    /// <summary>Whether the body has the text of this time.</summary>
    internal bool KeepsTime(string property) => JsonNode.Parse(Body)!.AsObject().ContainsKey(property);

    private JsonNode? Read(ObjectColumn column)
    {
        var value = row[column.Name];
        return column.Type switch
        {
            // SQLite answers a boolean as 0 or 1.
            ColumnType.Bool => Convert.ToBoolean(value, CultureInfo.InvariantCulture),
            ColumnType.Whole => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ColumnType.Fraction => Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            ColumnType.Json => JsonNode.Parse((string)value!),
            _ => (string)value!,
        };
    }

    /// <summary>Without a fraction where it is whole: typed clients read an integer.</summary>
    internal static JsonNode Number(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15 ? (long)value : value;
}
