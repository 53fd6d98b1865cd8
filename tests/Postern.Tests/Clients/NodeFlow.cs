using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Tests.Clients;

/// <summary>A flow of a client library of somebody else's, in a process of its own. What it cannot do itself it asks for.</summary>
internal static class NodeFlow
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <param name="packages">The installed libraries.</param>
    /// <param name="library">Whose file of <c>tests/clients</c>.</param>
    /// <param name="flow">The function there.</param>
    /// <param name="settings">What the function is given.</param>
    /// <param name="answer">Does what the flow asks for; without it nothing may be asked.</param>
    /// <param name="cancel">Of the test.</param>
    /// <exception cref="InvalidOperationException">The flow failed; the message is what the library said.</exception>
    public static async Task RunAsync(
        NpmPackages packages, string library, string flow, JsonObject settings, Func<string, JsonElement, Task<string>>? answer, CancellationToken cancel)
    {
        await packages.EnsureAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using var node = Process.Start(new ProcessStartInfo("node", ["run.mjs", library, flow, settings.ToJsonString()])
        {
            WorkingDirectory = NpmPackages.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var error = node.StandardError.ReadToEndAsync(patience.Token);
            var isDone = false;
            // A library may print; what is meant for us is JSON.
            while (await node.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (!line.StartsWith('{') || TryRead(line) is not { } said)
                {
                    continue;
                }

                if (said.Name == "done")
                {
                    isDone = true;
                    break;
                }

                var reply = answer ?? throw new InvalidOperationException($"{library} asks for {said.Name}");
                await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(await reply(said.Name, said.Value)));
            }

            if (!isDone)
            {
                throw new InvalidOperationException($"{library} says of {flow}: {await error}");
            }
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill();
            }
        }
    }

    private static (string Name, JsonElement Value)? TryRead(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement.EnumerateObject().Select(p => (p.Name, p.Value.Clone())).Single();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
