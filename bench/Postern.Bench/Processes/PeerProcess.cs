using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Postern.Bench.Processes;

/// <summary>Node's oidc-provider, a certified server of one process, with its tokens in memory: the peer of <c>bench/peer/</c>.</summary>
public sealed class PeerProcess : IAsyncDisposable
{
    private readonly ChildProcess process;

    private PeerProcess(ChildProcess process, int port) => (this.process, Port) = (process, port);

    public int Id => process.Id;

    public int Port { get; }

    /// <summary>Null where this machine has no Node or its packages cannot be installed: then the section goes without.</summary>
    public static async Task<PeerProcess?> StartAsync()
    {
        var folder = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "PeerFolder").Value!;
        try
        {
            if (!System.IO.Directory.Exists(Path.Combine(folder, "node_modules")))
            {
                using var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
                await install.WaitForExitAsync();
                if (install.ExitCode != 0)
                {
                    Console.Error.WriteLine("No peer: npm could not install it.");
                    return null;
                }
            }

            var process = ChildProcess.Start("node", ["server.mjs"], [new("NODE_ENV", "production")], folder);
            return int.TryParse(await process.Output.ReadLineAsync(), CultureInfo.InvariantCulture, out var port) ? new PeerProcess(process, port) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine("No peer: this machine has no Node.");
            return null;
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
