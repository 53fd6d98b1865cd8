namespace Postern.WeChat.Sandbox;

public sealed record SandboxOptions
{
    public const int DefaultPort = 8001;

    /// <summary>On loopback; 0 = any free one.</summary>
    public int Port { get; init; } = DefaultPort;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
