using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Directory.Credentials;

/// <summary>Random texts that we hand out once and keep only as SHA-256: codes, request_uris, registration tokens.</summary>
public sealed record OpaqueToken(string Text)
{
    public string Hash => HashOf(Text);

    public static OpaqueToken New() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    public static string HashOf(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
