using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>A JWT as it was sent, read without believing it: nothing of it counts before its signature does.</summary>
internal static class UnverifiedJwt
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>Null where the text is not a JWT. The library throws many types of exceptions for that and documents only two.</summary>
    public static JsonWebToken? Read(string text)
    {
        try
        {
            return Handler.ReadJsonWebToken(text);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or FormatException or JsonException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }
}
