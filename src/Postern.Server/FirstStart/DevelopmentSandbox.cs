#if DEBUG
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
#endif
using Postern.Server.Configuration;
#if DEBUG
using Postern.Storage.Databases;
using Postern.WeChat.Sandbox;
#endif

namespace Postern.Server.FirstStart;

/// <summary>Whether a sandbox of ours answers at wechatEndpoint, and the one that this process hosts.</summary>
internal readonly record struct SandboxBeside(bool IsThere, IAsyncDisposable? Hosted) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Hosted?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>The WeChat sandbox beside the server: it lets anyone be anyone, so a Release build does not even contain it.</summary>
internal static class DevelopmentSandbox
{
#if DEBUG
    private const string Header = "X-WeChat-Sandbox";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static (string AppId, string AppSecret)? DemoMiniProgram => (SandboxApp.Demo.AppId, SandboxApp.Demo.AppSecret);

    /// <summary>Starts it where the server would look for it and nothing else was asked for; another one that runs there will do.</summary>
    public static async Task<SandboxBeside> StartAsync(PosternOptions options)
    {
        var address = new Uri($"http://127.0.0.1:{SandboxOptions.DefaultPort}");
        if (!options.HasSandbox)
        {
            return default;
        }

        if (options.WechatEndpoint != address)
        {
            // A sandbox gives codes to its own machine only, so none is looked for elsewhere.
            return new(options.WechatEndpoint.IsLoopback && await IsSandboxAsync(options.WechatEndpoint), null);
        }

        try
        {
            return new(true, await SandboxHost.StartAsync(new SandboxOptions()));
        }
        catch (IOException e) when (e.InnerException is AddressInUseException or SocketException)
        {
            return await IsSandboxAsync(address)
                ? new(true, null)
                : throw new StartRefusedException($"Port {address.Port}, which the WeChat sandbox needs, is taken: stop what listens there, or name another WeChat with wechatEndpoint.", e);
        }
    }

    private static async Task<bool> IsSandboxAsync(Uri address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(address);
            return answer.Headers.Contains(Header);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
#else
    public static (string AppId, string AppSecret)? DemoMiniProgram => null;

    public static Task<SandboxBeside> StartAsync(PosternOptions options) => Task.FromResult(default(SandboxBeside));
#endif
}
