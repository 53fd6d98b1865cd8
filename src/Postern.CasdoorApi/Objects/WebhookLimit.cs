using System.Data.Common;
using Dapper;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Objects;

/// <summary>Each event is a delivery to each webhook, and each delivery is tried again for days: an organization has few of them.</summary>
internal static class WebhookLimit
{
    /// <summary>Judged inside the write, before the webhook is the organization's; of two at the same instant the second waits for the first.</summary>
    /// <returns>The sentence that refuses it, or null.</returns>
    public static async Task<LocalizedText?> RefuseAsync(DbConnection connection, DbTransaction transaction, ObjectKind kind, string id, string organization)
    {
        if (kind != WebhookKind.Kind)
        {
            return null;
        }

        // The installation's own webhooks have no organization that could be locked.
        await Organizations.LockAsync(connection, organization == "admin" ? Organizations.BuiltIn : organization, transaction);
        var others = await connection.ExecuteScalarAsync<long>(
            "select count(*) from objects where kind = 'webhook' and organization = @organization and id <> @id", new { organization, id }, transaction);
        return others >= WebhookEvents.MostOfOrganization
            ? new LocalizedText(
                $"an organization has at most {WebhookEvents.MostOfOrganization} webhooks: let one of them hear of more events, or delete one",
                $"一个组织最多 {WebhookEvents.MostOfOrganization} 个 Webhook：请让其中一个接收更多事件，或删除一个")
            : null;
    }
}
