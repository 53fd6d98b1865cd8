using System.Data.Common;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.Calls;

/// <summary>Makes the bodies of lists that are answers to requests.</summary>
internal static class ListAnswers
{
    /// <summary>For the answer to one request, whose end gives the memory back.</summary>
    internal static ListBody Of(HttpContext context, Caller caller)
    {
        var body = new ListBody(context.RequestServices.GetRequiredService<ListMemory>(), caller.Kind == CallerKind.Anonymous);
        context.Response.RegisterForDispose(body);
        return body;
    }

    /// <summary>The answer to one call, from one reading of the database.</summary>
    internal static async Task<Prepared<ObjectPage>> OfAsync(ObjectCall call, Func<DbConnection, ListBody, Task<Prepared<ObjectPage>>> read)
    {
        var body = Of(call.Context, call.Caller);
        var found = await call.Database.ReadAsync(
            connection =>
            {
                body.Clear();
                return read(connection, body);
            }, call.Context.RequestAborted);
        return body.Refusal is { } refusal ? new(null, refusal) : found;
    }
}
