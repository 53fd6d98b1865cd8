using System.Security.Cryptography;
using System.Text;

namespace Postern.WeChat.Sandbox;

/// <summary>A Mini Program that the simulated WeChat knows.</summary>
public sealed record SandboxApp
{
    public required string AppId { get; init; }
    public required string AppSecret { get; init; }

    /// <summary>The Open Platform account it is bound to; null = none, so its answers have no unionid.</summary>
    public string? OpenPlatform { get; init; }
    public bool Frozen { get; init; }

    /// <summary>Addresses that may ask for access tokens; empty = all.</summary>
    public IReadOnlyList<string> IpWhitelist { get; init; } = [];

    /// <summary>The one the demo of the server uses.</summary>
    public static readonly SandboxApp Demo = Fixed("wxsandbox00000001", "sandbox-open-platform");

    /// <summary>Bound to the same account as <see cref="Demo"/>: its users are the same people.</summary>
    public static readonly SandboxApp Second = Fixed("wxsandbox00000002", "sandbox-open-platform");

    /// <summary>Bound to nothing.</summary>
    public static readonly SandboxApp Unbound = Fixed("wxsandbox00000003", null);

    // Not secret at all, and made to look it: whoever reaches the sandbox can be anyone.
    private static SandboxApp Fixed(string appid, string? openPlatform) => new()
    {
        AppId = appid,
        AppSecret = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("sandbox " + appid)).AsSpan(0, 16)),
        OpenPlatform = openPlatform,
    };
}
