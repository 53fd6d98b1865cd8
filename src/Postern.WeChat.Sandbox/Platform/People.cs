using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>Any name is a person. Ids are hashes of names, so they are the same after a restart.</summary>
internal sealed class People
{
    private readonly ConcurrentDictionary<string, bool> _blocked = new(StringComparer.Ordinal);

    public void Block(string persona, bool blocked)
    {
        if (blocked)
        {
            _blocked[persona] = true;
        }
        else
        {
            _blocked.TryRemove(persona, out _);
        }
    }

    public bool IsBlocked(string persona) => !_blocked.IsEmpty && _blocked.ContainsKey(persona);

    public static string OpenId(string appId, string persona) => Id("openid", appId, persona);

    public static string UnionId(string openPlatform, string persona) => Id("unionid", openPlatform, persona);

    /// <summary>28 characters; the first six are the issuer's, as WeChat's are.</summary>
    private static string Id(string kind, string issuer, string persona) =>
        string.Concat("o", Hash($"{kind}\n{issuer}").AsSpan(0, 5), Hash($"{kind}\n{issuer}\n{persona}").AsSpan(0, 22));

    private static string Hash(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
