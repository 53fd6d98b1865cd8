using Postern.Storage.Databases;

namespace Postern.Directory.Objects;

/// <summary>A property that a list is filtered or sorted by, as SQL. All names come from the kind's fixed lists.</summary>
/// <param name="Name">In Casdoor's spelling.</param>
/// <param name="Type">How its values compare.</param>
/// <param name="Sql">A column, or an expression over the body.</param>
/// <param name="IsColumn">Whether it is a column.</param>
internal sealed record ListProperty(string Name, ColumnType Type, string Sql, bool IsColumn)
{
    /// <summary>How many characters of a text the indexes of beginnings and of <c>displayName</c> hold (0006_lists.sql).</summary>
    public const int Indexed = 100;

    /// <summary>What rows are sorted by. Display names are as long as people like; their first characters decide.</summary>
    public string Order => IsColumn && Sql == "display_name" ? $"substr({Sql}, 1, {Indexed})" : Sql;

    /// <summary>The lower-cased beginning, in the words of the indexes.</summary>
    public string Beginning => $"lower(substr({Sql}, 1, {Indexed}))";

    /// <summary>
    /// The property in Casdoor's spelling or as snake_case; null where the kind has none of the name, and where it is a secret
    /// or a view of another table.
    /// </summary>
    public static ListProperty? Find(Dialect dialect, ObjectKind kind, string field)
    {
        var name = kind.Shape.NameOf(field.Replace("_", "", StringComparison.Ordinal));
        if (kind.Columns.FirstOrDefault(c => c.Property.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } column)
        {
            return column == ObjectKind.User ? new(column.Property, column.Type, ObjectKind.UserLabel, IsColumn: false) : new(column.Property, column.Type, column.Name, IsColumn: true);
        }

        if (!kind.Shape.Has(name) || kind.SecretOf(name) is not null || kind.Bagged.Contains(name) || kind.NeverStored.Contains(name))
        {
            return null;
        }

        var type = kind.Shape.TypeOf(name);
        return new(name, type, type switch
        {
            ColumnType.Bool => dialect.BodyBool(name),
            ColumnType.Whole or ColumnType.Fraction => dialect.BodyNumber(name),
            _ => dialect.BodyText(name),
        }, IsColumn: false);
    }
}
