using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Records;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.ShopRoutes;

/// <summary><c>add-ticket-message</c>: the ticket's user asks on, an administrator answers. Who wrote it and when is ours to say.</summary>
internal static class TicketMessage
{
    private const int LongestText = 10_000;
    private const int MostMessages = 1000;

    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var sent = call.Query("id");
        if (!ObjectId.TryRead(sent, out var id))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(sent));
        }

        var stored = await FindAsync();
        if (Judge(stored) is { } refused)
        {
            return refused;
        }

        var body = await RequestBody.ReadAsync(call.Context, "TicketMessage");
        if (body.Value is not { } message)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var text = ObjectTarget.Text(message, "text");
        if (text.Length is 0 or > LongestText)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                $"text must have 1 to {LongestText} characters",
                $"text 必须有 1 到 {LongestText} 个字符"));
        }

        var store = call.Context.RequestServices.GetRequiredService<ObjectStore>();
        var record = ObjectRecords.Of(call.Context, call.Caller, "add-ticket-message", id);
        var answer = await Repeated.RunAsync<IResult>(async attempt =>
        {
            stored = attempt == 0 ? stored : await FindAsync();
            if (Judge(stored) is { } gone)
            {
                return gone;
            }

            var messages = stored!.Show()["messages"] as JsonArray ?? [];
            if (messages.Count >= MostMessages)
            {
                return Envelope.Error(ErrorCode.LimitReached, new(
                    $"a ticket holds at most {MostMessages} messages",
                    $"一个工单最多 {MostMessages} 条消息"));
            }

            var now = Rfc3339.Of(record.CreatedTime);
            JsonObject added = new() { ["author"] = call.Caller.RecordName, ["text"] = text, ["timestamp"] = now, ["isAdmin"] = call.Caller.IsAdminOf(id.Owner) };
            var prepared = store.PrepareUpdate(stored, new JsonObject { ["messages"] = new JsonArray([.. messages.Select(m => m?.DeepClone()), added]), ["updatedTime"] = now });
            if (prepared.Value is not { } ready)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, prepared.Refusal);
            }

            return await call.Database.WriteAsync(async (connection, transaction) =>
            {
                if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
                {
                    return Written.Rollback<IResult?>(Envelope.Denied());
                }

                if (!await ObjectStore.UpdateAsync(connection, transaction, ready))
                {
                    return Written.Rollback<IResult?>(null);
                }

                await Records.AddAsync(connection, record.About(ready), transaction);
                return Written.Commit<IResult?>(Envelope.Written(true));
            });
        });
        return answer ?? Envelope.Written(false);

        Task<StoredObject?> FindAsync() => call.ReadAsync(c => ObjectStore.FindAsync(c, TicketKind.Kind, id.Owner, id.Name));

        IResult? Judge(StoredObject? ticket) =>
            !Authorization.Allows(call.Who, call.Caller, id.Owner, userId: ticket is null ? "" : ObjectTarget.UserIdOf(ticket)) ? Envelope.Denied()
            : ticket is null ? Envelope.Error(ErrorCode.NotFound, new("Ticket not found", "工单不存在"))
            : null;
    }
}
