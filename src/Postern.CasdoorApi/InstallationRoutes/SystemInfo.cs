using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;

namespace Postern.CasdoorApi.InstallationRoutes;

/// <summary><c>get-system-info</c>: how much memory there is and is used, in bytes.</summary>
internal static class SystemInfo
{
    public static Task<IResult> HandleAsync(RouteCall call)
    {
        var memory = GC.GetGCMemoryInfo();
        return Task.FromResult(Envelope.Ok(new JsonObject
        {
            ["cpuUsage"] = new JsonArray(),
            ["memoryUsed"] = Environment.WorkingSet,
            ["memoryTotal"] = memory.TotalAvailableMemoryBytes,
        }));
    }
}
