using System.Text.Json;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.TokenFormats;

/// <summary>How much a token says of its user; each has less than the one before.</summary>
public enum TokenDetail
{
    /// <summary>Roles and permissions are whole objects, as Casdoor's.</summary>
    Whole,

    /// <summary>Roles and permissions are objects that have a name alone.</summary>
    Names,

    /// <summary>Long values of the profile are left out too.</summary>
    ShortValues,

    /// <summary>Groups, roles and permissions are left out too.</summary>
    NoHoldings,

    /// <summary>The claims of format <c>JWT-Empty</c>.</summary>
    Identity,
}

/// <summary>
/// The size of tokens. A token is sent in headers and in addresses, and servers limit both, so the claims about the user are reduced
/// until the token fits (docs/tokens.md). Our own endpoints accept every token that we issue.
/// </summary>
internal static class TokenSize
{
    /// <summary>The longest token that is issued, unless its scope and audience alone are very long.</summary>
    public const int Most = 16 * 1024;

    /// <summary>Names the claims that say less than there is.</summary>
    public const string Marker = "overage";

    // Header and signature have less than 2 KB, by a key of RSA with 8,192 bits too; the payload grows by a third when it is encoded.
    private const int MostPayload = (Most - (2 * 1024)) / 4 * 3;

    private static readonly (string Claim, TokenDetail Since)[] Shortened =
        [("roles", TokenDetail.Names), ("permissions", TokenDetail.Names), ("groups", TokenDetail.NoHoldings), ("profile", TokenDetail.ShortValues)];

    /// <summary>The payload with as much as fits.</summary>
    /// <param name="user">The user of the token.</param>
    /// <param name="write">Writes it at a level of detail.</param>
    public static ReadOnlyMemory<byte> Fit(User user, Func<TokenDetail, ReadOnlyMemory<byte>> write)
    {
        var payload = write(TokenDetail.Whole);
        for (var detail = TokenDetail.Names; payload.Length > MostPayload && detail <= TokenDetail.Identity; detail++)
        {
            if (detail != TokenDetail.Names || user.Holdings is { Roles.Count: > 0 } or { Permissions.Count: > 0 })
            {
                payload = write(detail);
            }
        }

        return payload;
    }

    public static void WriteMarker(Utf8JsonWriter writer, TokenDetail detail)
    {
        if (detail == TokenDetail.Whole)
        {
            return;
        }

        writer.WriteStartArray(Marker);
        foreach (var (claim, since) in Shortened)
        {
            if (detail >= since)
            {
                writer.WriteStringValue(claim);
            }
        }

        writer.WriteEndArray();
    }
}
