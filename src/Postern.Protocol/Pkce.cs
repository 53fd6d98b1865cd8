using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Protocol;

/// <summary>Proof Key for Code Exchange (RFC 7636), only method S256: <c>plain</c> gives no protection against an attacker who reads the request.</summary>
public static class Pkce
{
    public const string Method = "S256";
    private const int ChallengeLength = 43;
    private const int ShortestVerifier = 43;
    private const int LongestVerifier = 128;

    /// <summary>Whether this can be the challenge of some verifier: 32 bytes in base64url.</summary>
    public static bool IsChallenge(string text) => text.Length == ChallengeLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    public static bool Matches(string challenge, string verifier) =>
        verifier.Length is >= ShortestVerifier and <= LongestVerifier
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(challenge), Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))));
}
