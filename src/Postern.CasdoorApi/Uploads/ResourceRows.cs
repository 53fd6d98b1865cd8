using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.Objects;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Uploads;

/// <summary>
/// What is particular about resources: users see and delete their own, a deleted one takes its file along, and
/// a name is found with and without the slash that it begins with.
/// </summary>
internal static class ResourceRows
{
    public static async Task<Prepared<ObjectPage>> ListAsync(ObjectCall call, ObjectQuery query)
    {
        if (!call.Caller.IsGlobalAdmin && !call.Caller.IsAdminOf(query.Owner))
        {
            if (query.User.Length > 0 && query.User != call.Caller.Name)
            {
                return new(null, new("Unauthorized operation", "未授权的操作"));
            }

            query = query with { User = "", UserId = call.Caller.UserId };
        }

        return await ObjectStore.ListAsync(call.Database, call.Kind, query, ListAnswers.Of(call.Context, call.Caller), cancel: call.Context.RequestAborted);
    }

    public static async Task<IResult> UpdateAsync(ObjectCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, call.Kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var target = RequestTarget.OfUpdate(call.Context.Request, call.Kind, document);
        if (target.Value is not { } named)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, target.Refusal);
        }

        var (stored, _) = await call.Database.ReadAsync(c => call.FindAsync(c, named), call.Context.RequestAborted);
        if (stored is not null && ObjectTarget.Text(document, "name").TrimStart('/') == stored.Name.TrimStart('/'))
        {
            // The other spelling of a name is not another name.
            foreach (var spelling in document.Select(p => p.Key).Where(k => k.Equals("name", StringComparison.OrdinalIgnoreCase)).ToList())
            {
                document.Remove(spelling);
            }
        }

        return await ObjectWrites.UpdateAsync(call, document, named);
    }

    public static async Task<IResult> DeleteAsync(ObjectCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, call.Kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var id = ObjectTarget.OfBody(call.Kind, document);
        var file = await call.Database.ReadAsync(async connection =>
            (await call.FindAsync(connection, id)).Stored is { } stored ? await Files.OfResourceAsync(connection, stored.Id) : null, call.Context.RequestAborted);
        var answer = await ObjectWrites.DeleteAsync(call, document, id);
        await FileStore.DeleteAsync(call.Context, file is null ? [] : [file.Id]);
        return answer;
    }
}
