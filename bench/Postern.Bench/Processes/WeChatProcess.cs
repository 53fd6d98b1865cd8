using System.Globalization;

namespace Postern.Bench.Processes;

/// <summary>The process of WeChat's stand-in, seen from the bench.</summary>
public sealed class WeChatProcess : IAsyncDisposable
{
    private readonly ChildProcess process;

    private WeChatProcess(ChildProcess process, int port) => (this.process, Port) = (process, port);

    public int Id => process.Id;

    public int Port { get; }

    public static async Task<WeChatProcess> StartAsync()
    {
        var process = ChildProcess.StartRole(Roles.WeChat);
        return new WeChatProcess(process, int.Parse((await process.Output.ReadLineAsync())!, CultureInfo.InvariantCulture));
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
