using System.Globalization;
using System.Text;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Directory.Objects;

/// <summary>The condition of <c>field</c> and <c>value</c>.</summary>
internal static class ListFilter
{
    private static readonly (string Format, Func<DateTimeOffset, DateTimeOffset> Next)[] Times =
    [
        ("yyyy", t => t.AddYears(1)), ("yyyy-MM", t => t.AddMonths(1)), ("yyyy-MM-dd", t => t.AddDays(1)),
        ("yyyy-MM-dd'T'HH", t => t.AddHours(1)), ("yyyy-MM-dd'T'HH:mm", t => t.AddMinutes(1)),
        ("yyyy-MM-dd'T'HH:mm:ss", t => t.AddSeconds(1)), ("yyyy-MM-dd'T'HH:mm:ss'Z'", t => t.AddSeconds(1)),
    ];

    /// <summary>
    /// The condition, with its values in <paramref name="parameters"/>, or the sentence that refuses the value. Texts hold the
    /// value or begin with it, whatever the case of Latin letters; yes-or-no and numbers are equal to it; times begin with it.
    /// </summary>
    public static Prepared<string> Condition(ListProperty property, string value, bool isBeginning, DynamicParameters parameters)
    {
        switch (property.Type)
        {
            case ColumnType.Bool:
                return OfBool(property, value);
            case ColumnType.Whole or ColumnType.Fraction:
                if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                {
                    return new(null, new($"{property.Name} is searched by a number", $"{property.Name} 只能按数字搜索"));
                }

                parameters.Add("value", number);
                return $"{property.Sql} = @value";
            case ColumnType.Time:
                return OfTime(property, value, parameters);
            default:
                return isBeginning ? OfBeginning(property, LikePattern.AsciiLower(value), parameters) : Like(property, LikePattern.Containing(value), parameters);
        }
    }

    private static Prepared<string> OfBool(ListProperty property, string value) => value.ToUpperInvariant() switch
    {
        "TRUE" or "1" => property.Sql,
        "FALSE" or "0" => $"not ({property.Sql})",
        _ => new Prepared<string>(null, new($"{property.Name} is searched by true or false", $"{property.Name} 只能按 true 或 false 搜索")),
    };

    private static Prepared<string> OfTime(ListProperty property, string value, DynamicParameters parameters)
    {
        foreach (var (format, next) in Times)
        {
            if (DateTimeOffset.TryParseExact(value, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var from) && from.Year < 9999)
            {
                parameters.Add("from", from.ToUnixTimeMilliseconds());
                parameters.Add("end", next(from).ToUnixTimeMilliseconds());
                // 0 is no time, not one of 1970.
                return $"{property.Sql} >= @from and {property.Sql} < @end and {property.Sql} <> 0";
            }
        }

        return new(null, new(
            $"{property.Name} is searched by the beginning of a time, such as 2026-01-31 or 2026-01-31T08:30",
            $"{property.Name} 只能按时间的开头搜索，例如 2026-01-31 或 2026-01-31T08:30"));
    }

    // Text compares by code point on both databases, so what begins with "ab" is what stands from "ab" up to "ac".
    private static string OfBeginning(ListProperty property, string value, DynamicParameters parameters)
    {
        var runes = value.EnumerateRunes().ToList();
        var indexed = string.Concat(runes.Take(ListProperty.Indexed));
        parameters.Add("from", indexed);
        // The last one repeats what the partial indexes of 0006_lists.sql say.
        var condition = $"{property.Beginning} >= @from and {property.Sql} <> ''";
        if (End(indexed) is { } end)
        {
            parameters.Add("end", end);
            condition += $" and {property.Beginning} < @end";
        }

        return runes.Count > ListProperty.Indexed ? condition + " and " + Like(property, LikePattern.Beginning(value), parameters) : condition;
    }

    /// <summary>The first text after all those that begin so; null where there is none.</summary>
    private static string? End(string beginning)
    {
        var runes = beginning.EnumerateRunes().ToList();
        for (var last = runes.Count - 1; last >= 0; last--)
        {
            if (runes[last].Value < 0x10FFFF)
            {
                // The code points of surrogates are no characters.
                var next = new Rune(runes[last].Value == 0xD7FF ? 0xE000 : runes[last].Value + 1);
                return string.Concat(runes.Take(last)) + next;
            }
        }

        return null;
    }

    private static string Like(ListProperty property, string pattern, DynamicParameters parameters)
    {
        parameters.Add("pattern", pattern);
        return $"lower({property.Sql}) like @pattern escape '\\'";
    }
}
