using System.Collections.Concurrent;
using System.Diagnostics;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;

namespace Postern.Tests.Samples;

/// <summary>A program of this repository that is a client of the server, in a process of its own.</summary>
public sealed class SampleProcess : IDisposable
{
    private readonly Process process;

    private readonly string home;

    private readonly ConcurrentQueue<string> said;

    private SampleProcess(Process process, string home, string address, ConcurrentQueue<string> said) =>
        (this.process, this.home, Address, this.said) = (process, home, address, said);

    public string Address { get; }

    /// <summary>What it wrote, for the message of a test that fails.</summary>
    public string Said => string.Join('\n', said);

    /// <param name="project">Its folder, as <c>samples/api</c>.</param>
    /// <param name="settings">Of its command line, beside where it listens.</param>
    public static async Task<SampleProcess> StartAsync(string project, params (string Name, string Value)[] settings)
    {
        // Beside the tests in the same kind of build, as the solution builds them.
        var build = Path.GetRelativePath(Path.Combine(RepositoryFolder.Path, "tests", "Postern.Tests", "bin"), AppContext.BaseDirectory);
        var program = Path.Combine(RepositoryFolder.Path, project, "bin", build, Path.GetFileName(project) + ".dll");
        var address = $"http://localhost:{Neighbourhood.FreePort()}";
        var start = new ProcessStartInfo("dotnet", [program, "--Urls", address, .. settings.SelectMany(s => new[] { "--" + s.Name, s.Value })])
        {
            WorkingDirectory = Path.GetDirectoryName(program),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Its cookies' keys would otherwise stay in the home folder of the person who runs the tests.
        var home = System.IO.Directory.CreateTempSubdirectory("postern-sample-").FullName;
        start.Environment["HOME"] = home;
        var said = new ConcurrentQueue<string>();
        var listens = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) =>
        {
            said.Enqueue(e.Data ?? "");
            if (e.Data?.Split("Now listening on: ") is [_, _])
            {
                listens.TrySetResult(address);
            }
        };
        process.ErrorDataReceived += (_, e) => said.Enqueue(e.Data ?? "");
        process.Exited += (_, _) => listens.TrySetException(new InvalidOperationException($"{project} ended: {string.Join('\n', said)}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new SampleProcess(process, home, await listens.Task.WaitAsync(TimeSpan.FromMinutes(1)), said);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
        System.IO.Directory.Delete(home, recursive: true);
    }
}
