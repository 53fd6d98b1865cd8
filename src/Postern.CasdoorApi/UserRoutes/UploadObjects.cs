using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>
/// <c>POST /api/upload-groups</c>, <c>upload-roles</c> and <c>upload-permissions</c>: the objects of a file, each judged as
/// <c>add-</c> judges one; all of them are added or none, and the sentence says which row is why.
/// </summary>
internal static class UploadObjects
{
    public static Func<RouteCall, Task<IResult>> Of(ObjectKind kind) => call => UploadedSheet.ReadAsync(call, kind, rows => AddAsync(call, kind, rows));

    private static async Task<IResult> AddAsync(RouteCall call, ObjectKind kind, List<SheetObject> rows)
    {
        var store = call.Context.RequestServices.GetRequiredService<ObjectStore>();
        var objects = new List<(int Row, PreparedObject Object)>(rows.Count);
        foreach (var (row, document) in rows)
        {
            call.Context.RequestAborted.ThrowIfCancellationRequested();
            var prepared = store.PrepareAdd(kind, document, read => Additions.Complete(kind, read, null, call.Caller));
            if (prepared.Value is not { } ready)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, SheetObject.InRow(row, prepared.Refusal));
            }

            if (ForeignNames.Refuse(ready, call.Caller) is { } foreign)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, SheetObject.InRow(row, foreign));
            }

            objects.Add((row, ready));
        }

        return await WriteAsync(call, kind, objects);
    }

    private static Task<IResult> WriteAsync(RouteCall call, ObjectKind kind, List<(int Row, PreparedObject Object)> objects) =>
        UploadedSheet.WriteAsync(call, kind, objects.Select(o => o.Object), async (connection, transaction) =>
        {
            // By owner, so that two files at the same instant wait for each other in one order.
            foreach (var (row, one) in objects.OrderBy(o => o.Object.Owner, StringComparer.Ordinal))
            {
                var refusal = await OrganizationRules.RefuseAsync(connection, transaction, kind, one.Values)
                    ?? await MemberRules.RefuseAsync(connection, transaction, kind, one.Id, one.Organization, one.Lists, call.Caller)
                    ?? (await ObjectStore.AddAsync(connection, transaction, one) ? null : new LocalizedText($"The {kind.Name}: {one.Name} already exists", $"{kind.Name}: {one.Name} 已存在"));
                if (refusal is not null)
                {
                    return SheetObject.InRow(row, refusal);
                }
            }

            return null;
        });
}
