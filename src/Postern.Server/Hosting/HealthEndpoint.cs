using System.Data.Common;
using Dapper;
using Postern.AuthorizationServer.Http;
using Postern.Storage.Databases;

namespace Postern.Server.Hosting;

/// <summary>
/// Tells live from ready: <c>/api/health</c> is ready (the database answers and the server is not about to end),
/// <c>/api/health/live</c> is live (the process answers; restarting it would mend nothing else).
/// </summary>
internal static class HealthEndpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/health/live", ["GET", "HEAD"], (RequestDelegate)(context => AnswerAsync(context, null))).Describe(Of("Whether the process answers"));
        routes.MapMethods("/api/health", ["GET", "HEAD"], (RequestDelegate)HandleAsync).Describe(Of("Whether the server can serve") with { Query = [new("live", "where it is sent, as /api/health/live")] });
        return routes;
    }

    private static Operation Of(string summary) => new("Installation", summary)
    {
        Credentials = Credentials.None,
        Answers = [Reply.Of("Ok"), Reply.Refused(StatusCodes.Status503ServiceUnavailable, "It cannot; msg says why")],
    };

    private static async Task HandleAsync(HttpContext context)
    {
        var lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        if (context.Request.Query.ContainsKey("live"))
        {
            await AnswerAsync(context, null);
        }
        else if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await AnswerAsync(context, "the server is about to end");
        }
        else
        {
            var answers = await AnswersAsync(context.RequestServices.GetRequiredService<Database>());
            await AnswerAsync(context, answers ? null : "the database does not answer");
        }
    }

    private static async Task<bool> AnswersAsync(Database database)
    {
        try
        {
            // On a thread of its own, because SQLite waits for a lock without giving its thread back.
            await Task.Run(() => database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("select count(*) from schema_migrations"))).WaitAsync(Patience);
            return true;
        }
        catch (Exception e) when (e is StorageUnavailableException or DbException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>In the form of Casdoor's API, whose probes read <c>status</c>.</summary>
    private static Task AnswerAsync(HttpContext context, string? trouble)
    {
        context.Response.StatusCode = trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(
            $$"""{"status":"{{(trouble is null ? "ok" : "error")}}","msg":"{{trouble}}"{{(trouble is null ? "" : ",\"code\":\"temporarily_unavailable\"")}},"sub":"","name":"","data":null,"data2":null,"data3":null}""");
    }
}
