using System.Globalization;
using System.Text.Json;
using Postern.Bench.Load;

namespace Postern.Bench.Processes;

/// <summary>The load generator's process, seen from the bench.</summary>
public sealed class LoadProcess : IAsyncDisposable
{
    private readonly ChildProcess process;

    private LoadProcess(ChildProcess process, int wechatPort) => (this.process, DelayedWeChatPort) = (process, wechatPort);

    /// <summary>The WeChat stand-in with a delay that lives in the load generator.</summary>
    public int DelayedWeChatPort { get; }

    public static async Task<LoadProcess> StartAsync()
    {
        var process = ChildProcess.StartRole(Roles.Load);
        return new LoadProcess(process, int.Parse((await process.Output.ReadLineAsync())!, CultureInfo.InvariantCulture));
    }

    public async Task<LoadResult> RunAsync(LoadOrder order)
    {
        await process.Input.WriteLineAsync(JsonSerializer.Serialize(order, LoadJson.Default.LoadOrder));
        await process.Input.FlushAsync();
        var line = await process.Output.ReadLineAsync() ?? throw new InvalidOperationException("The load generator ended.");
        return JsonSerializer.Deserialize(line, LoadJson.Default.LoadResult)!;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
