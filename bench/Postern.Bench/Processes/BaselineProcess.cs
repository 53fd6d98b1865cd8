using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Postern.Bench.Storage;

namespace Postern.Bench.Processes;

/// <summary>The baselines' process, seen from the bench.</summary>
public sealed class BaselineProcess : IAsyncDisposable
{
    private readonly ChildProcess process;

    private BaselineProcess(ChildProcess process, int port) => (this.process, Port) = (process, port);

    public int Id => process.Id;

    public int Port { get; }

    /// <param name="database">Where the baseline with an insert writes; a database of its own.</param>
    /// <param name="answer">A token answer of the server: its payloads are what the baselines sign.</param>
    public static async Task<BaselineProcess> StartAsync(BenchDatabase database, byte[] answer)
    {
        var process = ChildProcess.StartRole(Roles.Baseline, database.Engine.ToString(), database.ConnectionString);
        await process.Input.WriteLineAsync(Payload(answer, "access_token"));
        await process.Input.WriteLineAsync(Payload(answer, "id_token"));
        await process.Input.FlushAsync();
        return new BaselineProcess(process, int.Parse((await process.Output.ReadLineAsync())!, CultureInfo.InvariantCulture));
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static string Payload(byte[] answer, string token)
    {
        // A chunked body has its chunk lines around the one JSON object.
        var json = answer[Array.IndexOf(answer, (byte)'{')..(Array.LastIndexOf(answer, (byte)'}') + 1)];
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(document.RootElement.GetProperty(token).GetString()!.Split('.')[1]));
    }
}
