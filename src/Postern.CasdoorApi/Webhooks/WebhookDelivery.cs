using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Outgoing;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Records;
using Postern.Directory.Statistics;
using Postern.Storage.Bounded;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Webhooks;

/// <summary>
/// Tells webhooks what happened: each event at least once, and again as often and as much later as the webhook says. The header
/// <c>webhook-id</c> is the same in every attempt, so that a receiver can tell a second time from a second event.
/// </summary>
public sealed partial class WebhookDelivery(
    Database database, ObjectStore store, OutgoingHttp outgoing, CasdoorApiOptions options, StatisticsCounter tally, TimeProvider clock, ILogger<WebhookDelivery> logger)
{
    private const int AtATime = 50;
    private const int ShownResponse = 500;
    private const long DefaultRetries = 3;
    private const long MostRetries = 20;
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(24);

    // Longer than the time that an attempt may take, so that nobody sends at the same time.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    // However often a webhook wants it tried: what happened is no news after that.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3);

    private readonly TimeProvider clock = clock;
    private readonly FixedWindowCounter givenUp = new(cells: 4_096, clock);

    /// <summary>Sends what is due now.</summary>
    public async Task SendDueAsync(CancellationToken cancel)
    {
        IReadOnlyList<WebhookEvent> due;
        do
        {
            var now = clock.GetUtcNow();
            due = await database.WriteAsync(async (connection, transaction) =>
                Written.Commit(await WebhookEvents.ClaimAsync(connection, now.ToUnixTimeMilliseconds(), (now + Lease).ToUnixTimeMilliseconds(), AtATime, transaction)));
            await Task.WhenAll(due.Select(one => SendAsync(one, cancel)));
        }
        while (due.Count == AtATime);
    }

    private async Task SendAsync(WebhookEvent told, CancellationToken cancel)
    {
        var (stored, organizationId, message) = await database.ReadAsync(async connection =>
        {
            var found = await WebhookKind.FindAsync(connection, told.WebhookId);
            var address = found is null ? null : await WebhookEvents.WebhookOfAsync(connection, told.WebhookId);
            return (found, address?.OrganizationId ?? "", found is null ? null : await WebhookMessage.OfAsync(connection, found.Show(), told));
        }, cancel);
        var webhook = stored?.Show();
        var isReached = true;
        WebhookAttempt end;
        if (webhook is null || message is null || webhook["isEnabled"]?.GetValue<bool>() != true)
        {
            end = webhook is null || message is not null
                ? new WebhookAttempt(WebhookStates.Failed, 0, 0, "", "the webhook was switched off") { Reason = WebhookReasons.SwitchedOff }
                : new WebhookAttempt(WebhookStates.Failed, 0, 0, "", "the record of it is gone") { Reason = WebhookReasons.RecordGone };
        }
        else
        {
            try
            {
                var answer = await PostAsync(webhook, HeadersOf(stored!, told), message, cancel);
                end = answer.IsGood
                    ? new WebhookAttempt(WebhookStates.Success, 0, answer.Status, Shown(answer), "")
                    : Refused(webhook, told, answer.Status, Shown(answer), $"it answered {answer.Status}", WebhookReasons.Answered);
            }
            catch (OutgoingException e)
            {
                isReached = false;
                end = Refused(webhook, told, 0, "", e.Message, e.Reason);
            }
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var isOurs = await database.WriteAsync(async (connection, transaction) =>
        {
            if (await WebhookEvents.EndAttemptAsync(connection, told, end, now, transaction) != 1)
            {
                return Written.Rollback(false);
            }

            if (!isReached && end.NextTime > 0)
            {
                await WebhookEvents.PutOffAsync(connection, told.WebhookId, end.NextTime, transaction);
            }

            return Written.Commit(true);
        });
        if (isOurs && end.NextTime == 0 && webhook is not null)
        {
            Count(webhook, organizationId, end);
        }
    }

    private async Task<OutgoingAnswer> PostAsync(JsonObject webhook, IReadOnlyList<KeyValuePair<string, string>> headers, JsonObject message, CancellationToken cancel)
    {
        try
        {
            return await SendAsync();
        }
        catch (OutgoingException e) when (e.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            // A kept connection that the receiver closed at this moment: whether it is there, a new one tells.
            return await SendAsync();
        }

        Task<OutgoingAnswer> SendAsync() => outgoing.SendAsync(
            MethodOf(webhook), ObjectTarget.Text(webhook, "url"), headers, WebhookMessage.ContentOf(message, ObjectTarget.Text(webhook, "contentType")), cancel);
    }

    private void Count(JsonObject webhook, string organizationId, WebhookAttempt end)
    {
        tally.Count(Measures.Webhooks, organizationId, end.State == WebhookStates.Success ? Measures.Delivered : Measures.Failed);
        var name = $"{ObjectTarget.Text(webhook, "owner")}/{ObjectTarget.Text(webhook, "name")}";
        // A receiver that is down fails each event of a busy site: once a minute says it.
        if (end.State == WebhookStates.Failed && givenUp.Add(name) == 1)
        {
            LogGivenUp(name, end.Error);
        }
    }

    /// <summary>Tried again later, or not at all.</summary>
    private WebhookAttempt Refused(JsonObject webhook, WebhookEvent told, int status, string response, string error, string reason)
    {
        var now = clock.GetUtcNow();
        var next = now + Pause(webhook, told.Attempts);
        return told.Attempts > Retries(webhook) || next > DateTimeOffset.FromUnixTimeMilliseconds(told.CreatedTime) + Longest
            ? new WebhookAttempt(WebhookStates.Failed, 0, status, response, error) { Reason = reason }
            : new WebhookAttempt(WebhookStates.Retrying, next.ToUnixTimeMilliseconds(), status, response, error) { Reason = reason };
    }

    /// <summary>How often it is tried again after the first time.</summary>
    internal static long Retries(JsonObject webhook) => Number(webhook, "maxRetries") is > 0 and var retries ? Math.Min(retries, MostRetries) : DefaultRetries;

    private static TimeSpan Pause(JsonObject webhook, long attempts)
    {
        var interval = Number(webhook, "retryInterval") is > 0 and var seconds ? TimeSpan.FromSeconds(Math.Min(seconds, LongestInterval.TotalSeconds)) : DefaultInterval;
        var pause = webhook["useExponentialBackoff"]?.GetValue<bool>() == true ? interval * Math.Pow(2, Math.Min(attempts, MostRetries) - 1) : interval;
        return pause < LongestInterval ? pause : LongestInterval;
    }

    private static HttpMethod MethodOf(JsonObject webhook) => ObjectTarget.Text(webhook, "method") switch
    {
        "GET" => HttpMethod.Get,
        "PUT" => HttpMethod.Put,
        "PATCH" => HttpMethod.Patch,
        "DELETE" => HttpMethod.Delete,
        _ => HttpMethod.Post,
    };

    private IReadOnlyList<KeyValuePair<string, string>> HeadersOf(StoredObject webhook, WebhookEvent told) =>
    [
        .. (store.RevealValue(webhook, "headers") as JsonArray ?? []).OfType<JsonObject>()
            .Select(h => KeyValuePair.Create(ObjectTarget.Text(h, "name"), ObjectTarget.Text(h, "value"))).Where(h => h.Key.Length > 0),
        KeyValuePair.Create("webhook-id", told.Id.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Nothing where private addresses may be called: an administrator of one organization would read by it what only this server reaches.</summary>
    private string Shown(OutgoingAnswer answer) =>
        options.AllowPrivateTargets ? "" : RecordValues.CutText(Encoding.UTF8.GetString(answer.Body).Replace("\0", "", StringComparison.Ordinal), ShownResponse);

    private static long Number(JsonObject webhook, string property) =>
        webhook[property] is { } value && ObjectShape.TryInteger(value, out var number) ? number : 0;

    [LoggerMessage(EventId = 1403, Level = LogLevel.Warning, Message = "Webhook {Webhook} could not be told of an event: {Reason}. 无法通知 webhook，请检查它的 URL")]
    private partial void LogGivenUp(string webhook, string reason);
}
