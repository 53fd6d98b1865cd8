using System.Diagnostics;
using System.Globalization;

namespace Postern.Bench.Processes;

/// <summary>A process that the bench started and will end.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    public TextWriter Input => process.StandardInput;

    public TextReader Output => process.StandardOutput;

    /// <summary>Resident memory in MB at this moment.</summary>
    public double Resident => Memory("VmRSS:");

    /// <summary>The most resident memory in MB since the process started.</summary>
    public double MostResident => Memory("VmHWM:");

    /// <summary>Errors go to the bench's own error output.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>This program again in another role.</summary>
    public static ChildProcess StartRole(string role, params string[] arguments) => Start(
        Environment.ProcessPath!,
        ["--role", role, .. arguments],
        // Answers are handled on the thread that sees them arrive, and one such thread does: the least CPU for many short exchanges.
        role == Roles.Baseline ? [] : [new("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"), new("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1")]);

    /// <summary>Asks it to end (SIGTERM) and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }

        process.Dispose();
    }

    private double Memory(string field)
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(field.Length, line.Length - field.Length - " kB".Length), CultureInfo.InvariantCulture) / 1024;
    }
}
