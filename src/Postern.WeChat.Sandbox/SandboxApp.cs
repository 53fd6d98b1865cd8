using System.Security.Cryptography;
using System.Text;

namespace Postern.WeChat.Sandbox;

/// <summary>A Mini Program as the simulated WeChat knows it.</summary>
public sealed record SandboxApp
{
    public static readonly SandboxApp Demo = new() { AppId = "wxsandbox00000001", OpenPlatform = "sandbox-open-1" };
    public static readonly SandboxApp Second = new() { AppId = "wxsandbox00000002", OpenPlatform = "sandbox-open-1" };
    public static readonly SandboxApp Unbound = new() { AppId = "wxsandbox00000003" };

    private readonly string? _appSecret;
    private readonly IReadOnlyList<string>? _ipWhitelist;

    public required string AppId { get; init; }

    /// <summary>Where none is given, <see cref="SecretFor"/> the appid.</summary>
    public string AppSecret
    {
        get => _appSecret ?? SecretFor(AppId);
        init => _appSecret = value;
    }

    /// <summary>The Open Platform account it is bound to; null = none, and then nobody has a unionid.</summary>
    public string? OpenPlatform { get; init; }

    /// <summary>The AppSecret is frozen: 40243.</summary>
    public bool Frozen { get; init; }

    /// <summary>Callers of the token routes; empty = everybody. WeChat does not apply it to <c>/sns/*</c>.</summary>
    public IReadOnlyList<string> IpWhitelist
    {
        // The JSON reader sets what the body leaves out to null.
        get => _ipWhitelist ?? [];
        init => _ipWhitelist = value;
    }

    public static IReadOnlyList<SandboxApp> BuiltIn { get; } = [Demo, Second, Unbound];

    /// <summary>Well known on purpose: it opens nothing but a sandbox.</summary>
    public static string SecretFor(string appId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("postern-sandbox-secret:" + appId)))[..32];
}
