using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.UserRoutes;

/// <summary>A row of a file as a user; the line of the headers is row 1.</summary>
internal readonly record struct SheetUser(int Row, JsonObject User);

/// <summary>Rows of a file as users: a header names a property, in Casdoor's spelling or with underscores; a blank cell says nothing.</summary>
internal static class SheetUsers
{
    /// <summary>The rows that are not blank, or the sentence that refuses the file.</summary>
    public static Prepared<List<SheetUser>> Read(MemoryStream file)
    {
        var read = Sheet.Read(file);
        if (read.Value is not { } sheet)
        {
            return new(null, read.Refusal);
        }

        var headers = Properties(sheet);
        if (headers.Value is not { } properties)
        {
            return new(null, headers.Refusal);
        }

        var users = new List<SheetUser>(sheet.Rows.Count);
        foreach (var (index, cells) in sheet.Rows.Index())
        {
            if (cells.Index().Any(c => c.Item.Length > 0 && (c.Index >= properties.Count || properties[c.Index].Length == 0)))
            {
                return new(null, $"row {index + 2}: a cell has no header above it");
            }

            if (UserOf(properties, cells) is { Count: > 0 } user)
            {
                users.Add(new(index + 2, user));
            }
        }

        return users.Count == 0 ? new Prepared<List<SheetUser>>(null, "the file has no rows below its headers") : users;
    }

    /// <summary>The properties under the headers, "" under a blank one; or the sentence for one that a user does not have.</summary>
    private static Prepared<List<string>> Properties(Sheet sheet)
    {
        var properties = new List<string>(sheet.Headers.Count);
        foreach (var header in sheet.Headers)
        {
            var property = ObjectKinds.User.Shape.NameOf(header.Replace("_", "", StringComparison.Ordinal));
            if (property.Length > 0 && !ObjectKinds.User.Shape.Has(property))
            {
                return new(null, $"the header {header} is not a property of a user");
            }

            if (property.Length > 0 && properties.Contains(property))
            {
                return new(null, $"the header {header} stands there twice");
            }

            properties.Add(property);
        }

        return properties;
    }

    /// <summary>A cell that is not of its property's type stays text, which the judgement of the document refuses.</summary>
    private static JsonObject UserOf(List<string> properties, string[] cells)
    {
        var user = new JsonObject();
        foreach (var (property, cell) in properties.Zip(cells))
        {
            if (cell.Length > 0)
            {
                user[property] = Value(property, cell);
            }
        }

        return user;
    }

    private static JsonNode? Value(string property, string cell)
    {
        var word = cell.Trim();
        switch (ObjectKinds.User.Shape.TypeOf(property))
        {
            // Whatever is text stays text, also where it looks like a number.
            case ColumnType.Text:
                return cell;
            case ColumnType.Bool:
                return word.ToUpperInvariant() switch { "TRUE" or "1" => true, "FALSE" or "0" => false, _ => cell };
            case ColumnType.Whole or ColumnType.Fraction:
                return !decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? cell
                    : number == decimal.Truncate(number) && Math.Abs(number) <= long.MaxValue ? (long)number : number;
            default:
                return List(property, word) ?? cell;
        }
    }

    /// <summary>Lists and maps as JSON; lists of texts also with commas between them.</summary>
    private static JsonNode? List(string property, string word)
    {
        if (word is ['[' or '{', ..])
        {
            try
            {
                return JsonNode.Parse(word);
            }
            catch (JsonException)
            {
                return null;
            }
        }

        var texts = new JsonArray([.. word.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(t => (JsonNode)t)]);
        return ObjectKinds.User.Shape.Refuse("User", property, texts) is null ? texts : null;
    }
}
