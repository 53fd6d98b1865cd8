using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.SessionsAndTokens;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Webhooks;

/// <summary>
/// Events that were sent to webhooks, and those that failed: read, sent again and deleted by those who administer the webhook. An
/// event is <c>owner/number</c>, the owner being the webhook's.
/// </summary>
internal static class WebhookEventRoutes
{
    private const long ShownUnpaged = 100;
    private const string Replayed = "Webhook event replay triggered";

    public static async Task<IResult> ListAsync(RouteCall call)
    {
        var state = call.Query("state");
        if (state.Length > 0 && !WebhookStates.All.Contains(state))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                $"state must be one of {string.Join(", ", WebhookStates.All)}",
                $"state 必须是 {string.Join("、", WebhookStates.All.SkipLast(1))} 或 {WebhookStates.All[^1]}"));
        }

        var webhook = call.Query("webhook");
        if (webhook.Length > 0 && !ObjectId.TryRead(webhook, out _))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(webhook));
        }

        var read = ListParameters.Read(call.Context.Request.Query);
        if (read.Value is not { } query)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
        }

        if (query.IsSorted && query.SortField.Replace("_", "", StringComparison.Ordinal) is not ("createdTime" or "createdtime" or "name"))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                $"webhook events cannot be sorted by {query.SortField}",
                $"不能按 {query.SortField} 排序 Webhook 事件"));
        }

        var organization = call.Query("organization");
        if (organization.Length > 0 && !call.Allows(organization))
        {
            return Envelope.Denied();
        }

        ObjectId.TryRead(webhook, out var named);
        // A webhook that was given to another organization does not take along what it was told of the first.
        var own = call.Caller.IsGlobalAdmin ? null : call.Caller.OrganizationId;
        var filter = new WebhookEventFilter(own, own is null ? Given(organization) : null, Given(named.Owner) ?? Given(call.Query("owner")), Given(named.Name), Given(state));
        var body = ListAnswers.Of(call.Context, call.Caller);
        return await call.ReadAsync(async connection =>
        {
            body.Clear();
            var total = await WebhookEvents.CountAsync(connection, filter);
            var (size, offset) = query.IsPaged ? ListWindow.Of(query, total) : (ShownUnpaged, 0);
            var events = size == 0 ? [] : await WebhookEvents.ListAsync(connection, filter, size, offset, query.IsSorted && query.IsAscending);
            await ShowAsync(connection, events, body.Add);
            return body.Refusal is { } refusal ? Envelope.Error(ErrorCode.InvalidRequest, refusal) : Envelope.List(body, query.IsPaged ? total : null);
        });
    }

    public static Task<IResult> GetAsync(RouteCall call) => call.ReadAsync(async connection =>
    {
        if (await FindAsync(call, connection, call.Query("id")) is not { } found)
        {
            return call.Caller.IsGlobalAdmin ? Envelope.Ok() : Envelope.Denied();
        }

        JsonObject? shown = null;
        await ShowAsync(connection, [found], one => (shown = one) is not null);
        return Envelope.Ok(shown);
    });

    public static Task<IResult> ReplayAsync(RouteCall call) =>
        WriteAsync(call, call.Query("id"), "replay-webhook-event", Envelope.Ok(Replayed), WebhookEvents.ReplayAsync);

    public static async Task<IResult> DeleteAsync(RouteCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, "WebhookEvent");
        if (body.Value is not { } sent)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var named = $"{ObjectTarget.Text(sent, "owner")}/{ObjectTarget.Text(sent, "name")}";
        var id = call.Query("id");
        return named.Length > 1 && id.Length > 0 && named != id ? Envelope.Error(ErrorCode.InvalidRequest, ObjectTarget.Different)
            : await WriteAsync(call, id.Length > 0 ? id : named, "delete-webhook-event", Envelope.Written(true), (connection, key, _, transaction) => WebhookEvents.DeleteAsync(connection, key, transaction));
    }

    private static async Task<IResult> WriteAsync(
        RouteCall call, string id, string action, IResult done, Func<DbConnection, long, long, DbTransaction, Task<int>> write) =>
        await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (await FindAsync(call, connection, id, transaction) is not { } found)
            {
                return Written.Rollback(call.Caller.IsGlobalAdmin ? Envelope.Error(ErrorCode.NotFound, new(
                    $"webhook event not found: {id}",
                    $"未找到 Webhook 事件: {id}")) : Envelope.Denied());
            }

            ObjectId.TryRead(id, out var target);
            var record = ObjectRecords.Of(call.Context, call.Caller, action, target);
            await write(connection, found.Id, record.CreatedTime, transaction);
            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(done);
        });

    /// <summary>The event, where there is one and the caller administers its webhook; which of the two fails is nobody's business.</summary>
    private static async Task<WebhookEvent?> FindAsync(RouteCall call, DbConnection connection, string id, DbTransaction? transaction = null) =>
        ObjectId.TryRead(id, out var target) && long.TryParse(target.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && await WebhookEvents.FindAsync(connection, number, transaction) is { } found
        && await WebhookEvents.WebhookOfAsync(connection, found.WebhookId, transaction) is { } webhook && webhook.Owner == target.Owner && call.Allows(webhook.Organization, webhook.OrganizationId, "") && call.Allows(found.Organization, found.OrganizationId, "")
            ? found
            : null;

    /// <summary>As Casdoor's clients read them.</summary>
    private static async Task ShowAsync(DbConnection connection, IReadOnlyList<WebhookEvent> events, Func<JsonObject, bool> take)
    {
        var webhooks = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var told in events)
        {
            if (!webhooks.TryGetValue(told.WebhookId, out var webhook))
            {
                if (await WebhookKind.FindAsync(connection, told.WebhookId) is not { } found)
                {
                    // Deleted since the list was read.
                    continue;
                }

                webhooks[told.WebhookId] = webhook = found.Show();
            }

            var id = new ObjectId(ObjectTarget.Text(webhook, "owner"), ObjectTarget.Text(webhook, "name"));
            var message = await WebhookMessage.OfAsync(connection, webhook, told);
            var user = message?["extendedUser"];
            message?.Remove("extendedUser");
            var isTaken = take(new JsonObject
            {
                ["owner"] = id.Owner,
                ["name"] = told.Id.ToString(CultureInfo.InvariantCulture),
                ["createdTime"] = Rfc3339.Of(told.CreatedTime),
                ["updatedTime"] = Rfc3339.Of(told.UpdatedTime),
                ["webhook"] = id.ToString(),
                ["organization"] = told.Organization,
                ["eventType"] = WebhookWords.WordOf(told.Action),
                ["state"] = told.State,
                ["payload"] = message?.ToJsonString(KeptJson.Options) ?? "",
                ["extendedUser"] = user?.ToJsonString(KeptJson.Options) ?? "",
                ["attemptCount"] = told.Attempts,
                ["maxRetries"] = WebhookDelivery.Retries(webhook),
                ["nextRetryTime"] = told.NextTime > 0 ? Rfc3339.Of(told.NextTime) : "",
                ["lastStatusCode"] = told.StatusCode,
                ["lastResponse"] = told.Response,
                ["lastError"] = told.Error,
                ["lastErrorCode"] = told.Reason,
            });
            if (!isTaken)
            {
                return;
            }
        }
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
