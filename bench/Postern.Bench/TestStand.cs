using Postern.Bench.Load;
using Postern.Bench.Processes;
using Postern.Bench.Storage;

namespace Postern.Bench;

/// <summary>What stands around the server under measure in every section: the load generator and WeChat's stand-in.</summary>
public sealed class TestStand : IAsyncDisposable
{
    // Enough that no request waits for a connection while WeChat takes its time.
    private const int PacedConnections = 256;
    private readonly LoadProcess load;
    private readonly WeChatProcess wechat;

    private readonly string folder;
    private readonly string server;

    private TestStand(BenchOptions options, string folder, string server, LoadProcess load, WeChatProcess wechat) =>
        (Options, this.folder, this.server, this.load, this.wechat) = (options, folder, server, load, wechat);

    public BenchOptions Options { get; }

    /// <summary>WeChat's stand-in that answers at once, for rates: it has a process of its own, whose CPU is stated and taken out.</summary>
    public WeChatProcess WeChat => wechat;

    public static async Task<TestStand> StartAsync(BenchOptions options)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-bench-server-").FullName;
        var server = options.Server ?? await PublishedServer.PublishAsync(folder);
        return new(options, folder, server, await LoadProcess.StartAsync(), await WeChatProcess.StartAsync());
    }

    public Task<PosternProcess> StartServerAsync(BenchDatabase database) => PosternProcess.StartAsync(server, database, wechat.Port);

    /// <summary>A server whose WeChat takes as long as the real one, and lives beside the load generator, which leaves its time out.</summary>
    public Task<PosternProcess> StartServerWithSlowWeChatAsync(BenchDatabase database) => PosternProcess.StartAsync(server, database, load.DelayedWeChatPort);

    /// <summary>As many as the server can answer.</summary>
    public Task<LoadResult> SaturateAsync(int port, string path, string client, long users, params int[] processes) =>
        load.RunAsync(Order(port, path, client, users) with { ProcessIds = processes });

    /// <summary>As many exchanges of a kind as the server can answer.</summary>
    public Task<LoadResult> SaturateAsync(int port, LoadKind kind, string client, string text, IReadOnlyList<string> seeds, params int[] processes) =>
        load.RunAsync(Order(port, "", client, 1) with { Kind = kind, Text = text, Seeds = seeds, ProcessIds = processes, Connections = seeds.Count > 0 ? seeds.Count : Options.Connections });

    /// <summary>Calls of the object API about users 1 to <paramref name="users"/>, as many as the server can answer.</summary>
    public Task<LoadResult> SaturateAsync(int port, string text, long users, int connections, params int[] processes) =>
        load.RunAsync(Order(port, "", "", users) with { Kind = LoadKind.Numbered, Text = text, ProcessIds = processes, Connections = connections });

    /// <summary>At an even pace; latencies are without WeChat's time.</summary>
    public Task<LoadResult> PaceAsync(int port, string client, long users, double rate) =>
        load.RunAsync(Order(port, BenchObjects.TokenPath, client, users) with { Rate = rate, LeavesWeChatOut = true, Connections = PacedConnections });

    public async ValueTask DisposeAsync()
    {
        await load.DisposeAsync();
        await wechat.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private LoadOrder Order(int port, string path, string client, long users) => new()
    {
        Port = port,
        Path = path,
        ClientId = client,
        Users = users,
        Connections = Options.Connections,
        LeadIn = Options.LeadIn,
        Seconds = Options.Seconds,
    };
}
