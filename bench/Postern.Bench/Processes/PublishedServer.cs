using System.Diagnostics;
using System.Reflection;

namespace Postern.Bench.Processes;

/// <summary>The server as README has it deployed: published, and compiled ahead of time for this machine.</summary>
internal static class PublishedServer
{
    /// <param name="folder">Where to put it.</param>
    /// <returns>Its program; the one built with the bench where this machine cannot compile ahead of time.</returns>
    public static async Task<string> PublishAsync(string folder)
    {
        var project = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ServerProject").Value!;
        Console.Error.WriteLine("Publishing the server…");
        var start = new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", "--use-current-runtime", "--no-self-contained", "-v", "quiet", "-o", folder])
        {
            RedirectStandardOutput = true,
        };
        using var publish = Process.Start(start)!;
        var said = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        if (publish.ExitCode == 0)
        {
            return Path.Combine(folder, "postern");
        }

        Console.Error.WriteLine($"Not published ({said.Trim()}); measuring the built server, which starts slower.");
        return Path.Combine(AppContext.BaseDirectory, "postern");
    }
}
