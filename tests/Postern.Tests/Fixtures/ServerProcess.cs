using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Tests.Fixtures;

/// <summary>The program itself, in a process of its own, as an operator runs it.</summary>
public sealed partial class ServerProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Keep(output, e.Data);
        process.ErrorDataReceived += (_, e) => Keep(error, e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>Its standard error so far.</summary>
    public string Error
    {
        get
        {
            lock (error)
            {
                return error.ToString();
            }
        }
    }

    /// <param name="folder">Its working directory.</param>
    /// <param name="variables">Its environment beside the tests'; nothing says Development.</param>
    /// <param name="arguments">Of the command line.</param>
    public static ServerProcess Start(string folder, IEnumerable<(string Name, string Value)> variables, params string[] arguments) =>
        Start("postern.dll", folder, variables, arguments);

    /// <summary>The simulated WeChat as a program of its own.</summary>
    public static ServerProcess StartSandbox(string folder, params string[] arguments) => Start("Postern.WeChat.Sandbox.dll", folder, [], arguments);

    private static ServerProcess Start(string program, string folder, IEnumerable<(string Name, string Value)> variables, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(start);
    }

    /// <summary>A client of it, as soon as it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message is what it said.</exception>
    public async Task<HttpClient> ConnectAsync(CancellationToken cancel)
    {
        if (await Task.WhenAny(port.Task, process.WaitForExitAsync(cancel)) != port.Task)
        {
            throw new InvalidOperationException(Error);
        }

        return new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await port.Task}") };
    }

    /// <summary>The most physical memory that it has held so far.</summary>
    public long PeakResidentBytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Ends it as a lost power supply does, as far as the program is concerned.</summary>
    public void Kill() => process.Kill();

    /// <summary>Tells it to end.</summary>
    public async Task TerminateAsync(CancellationToken cancel)
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancel);
    }

    /// <summary>Its exit code, when all that it printed has been read.</summary>
    public async Task<int> WaitAsync(CancellationToken cancel)
    {
        await process.WaitForExitAsync(cancel);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private void Keep(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (text)
        {
            text.AppendLine(line);
        }

        if (Listens().Match(line) is { Success: true } match)
        {
            port.TrySetResult(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }
    }

    [GeneratedRegex("listens on http://localhost:([0-9]+) ")]
    private static partial Regex Listens();
}
