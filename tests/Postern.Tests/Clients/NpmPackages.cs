using System.Diagnostics;
using Postern.Tests.Fixtures;
using Xunit;

[assembly: AssemblyFixture(typeof(Postern.Tests.Clients.NpmPackages))]

namespace Postern.Tests.Clients;

/// <summary>The packages of <c>tests/clients</c>, installed once as their lock file says.</summary>
public sealed class NpmPackages
{
    public static readonly string Folder = Path.Combine(RepositoryFolder.Path, "tests", "clients");

    private readonly Lazy<Task> installed = new(InstallAsync);

    /// <summary>The text of a file below node_modules.</summary>
    public async Task<string> ReadAsync(string file)
    {
        await installed.Value;
        return await File.ReadAllTextAsync(Path.Combine(Folder, "node_modules", file));
    }

    public Task EnsureAsync() => installed.Value;

    private static async Task InstallAsync()
    {
        // npm leaves this file behind when it is done.
        var mark = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (mark.Exists && mark.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            return;
        }

        var start = new ProcessStartInfo("npm", ["ci", "--ignore-scripts"]) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var npm = Process.Start(start)!;
        var (output, error) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm ci in tests/clients failed:\n{await output}{await error}");
        }
    }
}
