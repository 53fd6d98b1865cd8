using System.Net;

namespace Postern.WeChat.Sandbox;

public sealed record SandboxOptions
{
    /// <summary>0 takes any free port; see <see cref="Sandbox.BaseUri"/>.</summary>
    public int Port { get; init; } = 8001;

    /// <summary>Null: loopback. The control routes answer to this machine only, whatever stands here.</summary>
    public IPAddress? Address { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public IReadOnlyList<SandboxApp> Apps { get; init; } = SandboxApp.BuiltIn;

    /// <summary>An environment named Production is refused.</summary>
    public string? EnvironmentName { get; init; } =
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT");

    /// <summary>Ctrl+C ends it; false where another host lives in the same process.</summary>
    internal bool EndsWithConsole { get; init; }
}
