using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Webhook: who is told of what happens.</summary>
public static class WebhookKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("webhook", "webhooks", "Webhook",
            """
            owner N, name N, createdTime S, organization N, url U, method S, contentType S, headers Header[], events S[], tokenFields S[],
            objectFields S[], isUserExtended B, singleOrgOnly B, isEnabled B, maxRetries I(0..1000000), retryInterval I(0..31536000),
            useExponentialBackoff B
            """) with
    {
        // Their values: what the receiver knows us by.
        Bagged = new HashSet<string> { "headers" },
        Derived = new(WebhookEvents.Hears, Hears, "owner", "organization", "events", "singleOrgOnly", "isEnabled"),
    };

    /// <summary>The webhook by its row's id; null where it is gone.</summary>
    public static async Task<StoredObject?> FindAsync(DbConnection connection, string id) =>
        await WebhookEvents.WebhookOfAsync(connection, id) is { } found ? await ObjectStore.FindAsync(connection, Kind, found.Owner, found.Name) : null;

    /// <summary>
    /// What it wants to be told of, as organization/action: an organization's own records, and those of all organizations only
    /// where global administrators alone can write it.
    /// </summary>
    private static IReadOnlyList<string> Hears(JsonObject webhook)
    {
        if (webhook["isEnabled"]?.GetValue<bool>() != true)
        {
            return [];
        }

        var organization = ObjectTarget.OrganizationOf(Kind, webhook);
        var isEverywhere = organization is Organizations.BuiltIn or "admin" && webhook["singleOrgOnly"]?.GetValue<bool>() != true;
        return [.. (webhook["events"] as JsonArray ?? []).Select(e => e?.GetValue<string>() ?? "").Where(e => e.Length > 0)
            .Select(e => $"{(isEverywhere ? WebhookEvents.Everywhere : organization)}/{WebhookWords.ActionOf(e)}").Distinct(StringComparer.Ordinal)];
    }
}
