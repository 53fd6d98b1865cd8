using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.OpenApi;

/// <summary>A record on the wire: Casdoor's properties and three of ours, <c>target</c>, <c>oldObject</c> and <c>verdict</c>.</summary>
internal static class RecordFields
{
    public const string Type = "Record";

    public static readonly ObjectShape Shape = new(
        """
        id I, owner S, name S, createdTime S, organization S, clientIp S, user S, method S, requestUri S, action S, language S, object S, response S,
        statusCode I, detail S, isTriggered B, target S, oldObject S, verdict S
        """);

    /// <summary>Owner and organization of a record are one: whose trail it belongs to.</summary>
    private static readonly Dictionary<string, string> Columns = new(StringComparer.OrdinalIgnoreCase)
    {
        ["id"] = "id", ["owner"] = "organization", ["name"] = "name", ["createdTime"] = "created_time", ["organization"] = "organization", ["clientIp"] = "client_ip",
        ["user"] = "user_name", ["method"] = "method", ["requestUri"] = "request_uri", ["action"] = "action", ["object"] = "new_values", ["statusCode"] = "status_code",
        ["detail"] = "detail", ["target"] = "object", ["oldObject"] = "old_values", ["verdict"] = "verdict",
    };

    private static readonly string[] Numbers = ["id", "status_code"];
    private static readonly string[] Unsorted = ["new_values", "old_values"];

    public static JsonObject Show(RecordRow row) => new()
    {
        ["id"] = row.Id,
        ["owner"] = row.Organization,
        ["name"] = row.Name,
        ["createdTime"] = Rfc3339.Of(row.CreatedTime),
        ["organization"] = row.Organization,
        ["clientIp"] = row.ClientIp,
        ["user"] = row.UserName,
        ["method"] = row.Method,
        ["requestUri"] = row.RequestUri,
        ["action"] = row.Action,
        ["language"] = "",
        ["object"] = row.NewValues,
        ["response"] = Response(row),
        ["statusCode"] = row.StatusCode,
        ["detail"] = row.Detail,
        ["isTriggered"] = false,
        ["target"] = row.Target,
        ["oldObject"] = row.OldValues,
        ["verdict"] = row.Verdict,
    };

    /// <summary>The column to sort by, or null.</summary>
    public static string? SortColumn(string field) =>
        ColumnOf(field) is { } column && !Unsorted.Contains(column) ? column == "created_time" ? "id" : column : null;

    /// <summary>A list's <c>field</c> and <c>value</c>: texts contain it, numbers are it; null where the field cannot be searched.</summary>
    public static RecordCondition? Contains(string field, string value)
    {
        if (ColumnOf(field) is not { } column || column == "created_time")
        {
            return null;
        }

        return Numbers.Contains(column)
            // No record has the number -1.
            ? new(column, long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1L)
            : new(column, LikePattern.Containing(value), RecordMatch.Like);
    }

    /// <summary>A record whose properties that are set are those looked for, or the sentence that refuses it.</summary>
    public static Prepared<IReadOnlyList<RecordCondition>> Equal(JsonObject sent)
    {
        var conditions = new List<RecordCondition>();
        foreach (var (key, value) in sent)
        {
            var property = Shape.NameOf(key);
            if (value is null || !Shape.Has(property))
            {
                continue;
            }

            if (Shape.Refuse(Type, property, value) is { } refusal)
            {
                return new(null, refusal);
            }

            if (JsonNode.DeepEquals(value, Shape.ZeroOf(property)))
            {
                continue;
            }

            if (ConditionOf(property, value) is not { } condition)
            {
                return new(null, property == "createdTime"
                    ? new LocalizedText("createdTime is not a time of RFC 3339", "createdTime 不是 RFC 3339 格式的时间")
                    : new LocalizedText($"records cannot be filtered by {property}", $"不能按 {property} 筛选记录"));
            }

            conditions.Add(condition);
        }

        return conditions;
    }

    private static RecordCondition? ConditionOf(string property, JsonNode value)
    {
        if (ColumnOf(property) is not { } column)
        {
            return null;
        }

        if (value.GetValueKind() != JsonValueKind.String)
        {
            return ObjectShape.TryInteger(value, out var number) ? new(column, number) : null;
        }

        var text = value.GetValue<string>();
        return column != "created_time" ? new(column, text)
            // Shown in whole seconds.
            : Rfc3339.TryRead(text, out var time) ? new(column, time - (time % 1000), RecordMatch.Second)
            : null;
    }

    /// <summary>By the property's name, in Casdoor's spelling or as snake_case.</summary>
    private static string? ColumnOf(string field) => Columns.GetValueOrDefault(field.Replace("_", "", StringComparison.Ordinal));

    private static string Response(RecordRow row)
    {
        var isGood = row.Verdict is Verdicts.Ok or Verdicts.Reported;
        return new JsonObject { ["status"] = isGood ? "ok" : "error", ["msg"] = isGood ? "" : row.Detail }.ToJsonString(KeptJson.Options);
    }
}
