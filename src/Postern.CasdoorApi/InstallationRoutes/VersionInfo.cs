using System.Reflection;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;

namespace Postern.CasdoorApi.InstallationRoutes;

/// <summary><c>get-version-info</c>: what runs here.</summary>
internal static class VersionInfo
{
    public static Task<IResult> HandleAsync(RouteCall call)
    {
        var version = typeof(VersionInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return Task.FromResult(Envelope.Ok(new JsonObject
        {
            ["version"] = plus < 0 ? version : version[..plus],
            ["commitId"] = plus < 0 ? "" : version[(plus + 1)..],
            ["commitOffset"] = 0,
        }));
    }
}
