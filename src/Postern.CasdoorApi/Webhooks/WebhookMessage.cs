using System.Data.Common;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.OpenApi;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Webhooks;

/// <summary>
/// What a webhook is told of an event: the record, with the whole object that it is about as <c>object</c> and what was written as
/// <c>changes</c>; and, where it wants one, the user who did it.
/// </summary>
internal static class WebhookMessage
{
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>The message, or null where the record is gone.</summary>
    /// <param name="connection">To read with.</param>
    /// <param name="webhook">As it is shown.</param>
    /// <param name="told">The event.</param>
    public static async Task<JsonObject?> OfAsync(DbConnection connection, JsonObject webhook, WebhookEvent told)
    {
        if (await Records.FindAsync(connection, told.RecordId) is not { } record)
        {
            return null;
        }

        var message = RecordFields.Show(record);
        message["action"] = record.Verdict == Verdicts.Reported ? record.Action : WebhookWords.WordOf(record.Action);
        var kept = Texts(webhook, "objectFields");
        var seesAll = ObjectTarget.OrganizationOf(WebhookKind.Kind, webhook) is "admin" or Organizations.BuiltIn;
        var changes = "";
        if (await WebhookObject.OfAsync(connection, record, told, seesAll) is { } whole)
        {
            changes = record.NewValues;
            whole = kept.Count > 0 ? Pick(whole, kept) : whole;
            if (WebhookObject.Shorten(whole) is { Count: > 0 } omitted)
            {
                message["objectOmitted"] = new JsonArray([.. omitted.Select(p => (JsonNode)p)]);
            }

            message["object"] = whole.ToJsonString(KeptJson.Options);
        }
        else if (kept.Count > 0)
        {
            message["object"] = Only(message["object"]!.GetValue<string>(), kept);
        }

        message["changes"] = changes;

        message["extendedUser"] = webhook["isUserExtended"]?.GetValue<bool>() == true ? await UserAsync(connection, record, Texts(webhook, "tokenFields")) : null;
        return message;
    }

    /// <summary>As the webhook's <c>contentType</c> says: JSON, or the properties as a form.</summary>
    public static HttpContent ContentOf(JsonObject message, string contentType) => contentType == Form
        ? new FormUrlEncodedContent(message.Select(p => KeyValuePair.Create(p.Key, p.Value is JsonValue value ? value.ToString() : p.Value?.ToJsonString(KeptJson.Options) ?? "")))
        : new StringContent(message.ToJsonString(KeptJson.Options), Encoding.UTF8, "application/json");

    private static async Task<JsonObject?> UserAsync(DbConnection connection, RecordRow record, List<string> fields)
    {
        if (record.UserId.Length == 0 || await ObjectStore.FindByIdAsync(connection, ObjectKinds.User, record.UserId) is not { } stored)
        {
            return null;
        }

        var user = await WebhookObject.OfUserAsync(connection, stored);
        return fields.Count == 0 ? user : Pick(user, fields);
    }

    private static string Only(string values, List<string> fields)
    {
        try
        {
            return JsonNode.Parse(values) is JsonObject whole ? Pick(whole, fields).ToJsonString(KeptJson.Options) : values;
        }
        catch (JsonException)
        {
            return values;
        }
    }

    /// <summary>The named properties; Casdoor's clients write them with a capital.</summary>
    private static JsonObject Pick(JsonObject whole, List<string> fields) =>
        new(whole.Where(p => fields.Contains(p.Key, StringComparer.OrdinalIgnoreCase)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));

    private static List<string> Texts(JsonObject webhook, string property) =>
        [.. (webhook[property] as JsonArray ?? []).Select(t => t?.GetValue<string>() ?? "").Where(t => t.Length > 0)];
}
