using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Protocol;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>A row of a file as an object; the line of the headers is row 1.</summary>
internal readonly record struct SheetObject(int Row, JsonObject Document)
{
    /// <summary>A refusal with the row that it is about.</summary>
    public static LocalizedText InRow(int row, LocalizedText refusal) => new($"row {row}: {refusal.English}", $"第 {row} 行：{refusal.Chinese}");
}

/// <summary>Rows of a file as objects of one kind: a header names a property, in Casdoor's spelling or with underscores; a blank cell says nothing.</summary>
internal static class SheetObjects
{
    /// <summary>The rows that are not blank, or the sentence that refuses the file.</summary>
    public static Prepared<List<SheetObject>> Read(MemoryStream file, ObjectKind kind)
    {
        var read = Sheet.Read(file);
        if (read.Value is not { } sheet)
        {
            return new(null, read.Refusal);
        }

        var headers = Properties(sheet, kind);
        if (headers.Value is not { } properties)
        {
            return new(null, headers.Refusal);
        }

        var objects = new List<SheetObject>(sheet.Rows.Count);
        foreach (var (index, cells) in sheet.Rows.Index())
        {
            if (cells.Index().Any(c => c.Item.Length > 0 && (c.Index >= properties.Count || properties[c.Index].Length == 0)))
            {
                return new(null, new($"row {index + 2}: a cell has no header above it", $"第 {index + 2} 行有单元格没有对应的标题"));
            }

            if (DocumentOf(kind, properties, cells) is { Count: > 0 } document)
            {
                objects.Add(new(index + 2, document));
            }
        }

        return objects.Count == 0 ? new Prepared<List<SheetObject>>(null, new(
            "the file has no rows below its headers",
            "文件中除标题行外没有数据")) : objects;
    }

    /// <summary>The properties under the headers, "" under a blank one; or the sentence for one that the kind does not have.</summary>
    private static Prepared<List<string>> Properties(Sheet sheet, ObjectKind kind)
    {
        var properties = new List<string>(sheet.Headers.Count);
        foreach (var header in sheet.Headers)
        {
            var property = kind.Shape.NameOf(header.Replace("_", "", StringComparison.Ordinal));
            if (property.Length > 0 && !kind.Shape.Has(property))
            {
                return new(null, new($"the header {header} is not a property of a {kind.Name}", $"标题 {header} 不是{(kind == ObjectKinds.User ? "用户" : $" {kind.Name} ")}的属性"));
            }

            if (property.Length > 0 && properties.Contains(property))
            {
                return new(null, new($"the header {header} stands there twice", $"标题 {header} 出现了两次"));
            }

            properties.Add(property);
        }

        return properties;
    }

    /// <summary>A cell that is not of its property's type stays text, which the judgement of the document refuses.</summary>
    private static JsonObject DocumentOf(ObjectKind kind, List<string> properties, string[] cells)
    {
        var document = new JsonObject();
        foreach (var (property, cell) in properties.Zip(cells))
        {
            if (cell.Length > 0)
            {
                document[property] = Value(kind, property, cell);
            }
        }

        return document;
    }

    private static JsonNode? Value(ObjectKind kind, string property, string cell)
    {
        var word = cell.Trim();
        switch (kind.Shape.TypeOf(property))
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
                return List(kind, property, word) ?? cell;
        }
    }

    /// <summary>Lists and maps as JSON; lists of texts also with commas between them.</summary>
    private static JsonNode? List(ObjectKind kind, string property, string word)
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
        return kind.Shape.Refuse(kind.Type, property, texts) is null ? texts : null;
    }
}
