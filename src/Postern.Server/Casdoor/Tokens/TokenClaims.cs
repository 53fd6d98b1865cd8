using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Postern.Server.Data;

namespace Postern.Server.Casdoor.Tokens;

/// <summary>What the issuer says of a token, whatever its format.</summary>
public sealed record RegisteredClaims
{
    public required string Issuer { get; init; }
    public required string Subject { get; init; }
    public required string Audience { get; init; }
    public required string AuthorizedParty { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>What <c>iat</c> and <c>nbf</c> say: a little earlier, because a verifier's clock may be behind ours.</summary>
    public required DateTimeOffset ValidFrom { get; init; }
    public required DateTimeOffset Expires { get; init; }
    public required string Jti { get; init; }
    public required string TokenType { get; init; }
    public required string Scope { get; init; }

    /// <summary>The grant; null for an application's own token, which has none.</summary>
    public string? SessionId { get; init; }

    /// <summary>Thumbprint of the key that the token is bound to (RFC 9449 §6.1); empty for a bearer.</summary>
    public string Jkt { get; init; } = "";

    /// <summary>Of the id_token only.</summary>
    public string? AccessTokenHash { get; init; }

    public DateTimeOffset? AuthTime { get; init; }

    public string Nonce { get; init; } = "";

    /// <summary>Authentication methods (RFC 8176), blank-separated.</summary>
    public string Amr { get; init; } = "";
}

/// <summary>The payload of a token in the application's format (contract 2.4). Every claim is written once.</summary>
public static class TokenClaims
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>What <see cref="WriteRegistered"/> may write: every claim is written once.</summary>
    private static readonly HashSet<string> Registered =
        new(["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "scope", "tokenType", "cnf", "sid", "at_hash", "auth_time", "nonce", "amr"], StringComparer.Ordinal);

    /// <summary>Whether tokens of the application say anything of groups, roles and permissions: otherwise nobody looks for them.</summary>
    public static bool SayHoldings(Application application) => application.TokenFormat is not ("JWT-Empty" or "JWT-Standard");

    public static string Write(Application application, User user, RegisteredClaims registered)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        using (var claims = new UserClaims(user))
        {
            writer.WriteStartObject();
            switch (application.TokenFormat)
            {
                case "JWT-Empty":
                    WriteEmpty(writer, claims);
                    break;
                case "JWT-Custom":
                    CustomClaims.Write(writer, application, user, claims, Registered);
                    break;
                case "JWT-Standard":
                    StandardClaims.Write(writer, user, claims, registered.Scope);
                    break;
                default:
                    WriteAll(writer, claims);
                    break;
            }

            WriteRegistered(writer, registered, alwaysScope: application.TokenFormat == "JWT-Custom");
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteAll(Utf8JsonWriter writer, UserClaims claims)
    {
        foreach (var (claim, property, unset) in UserClaims.All)
        {
            claims.Write(writer, claim, property, unset);
        }

        claims.Write(writer, "tag", "tag", "\"\"");
    }

    private static void WriteEmpty(Utf8JsonWriter writer, UserClaims claims)
    {
        foreach (var name in (ReadOnlySpan<string>)["owner", "name", "id", "displayName", "avatar", "email", "phone"])
        {
            claims.Write(writer, name, name, "\"\"");
        }

        if (claims.IsEmailVerified)
        {
            writer.WriteBoolean("email_verified", true);
        }
    }

    private static void WriteRegistered(Utf8JsonWriter writer, RegisteredClaims registered, bool alwaysScope)
    {
        writer.WriteString("tokenType", registered.TokenType);
        if (registered.Scope.Length > 0 || alwaysScope)
        {
            writer.WriteString("scope", registered.Scope);
        }

        writer.WriteString("azp", registered.AuthorizedParty);
        writer.WriteString("iss", registered.Issuer);
        writer.WriteString("sub", registered.Subject);
        writer.WriteStartArray("aud");
        writer.WriteStringValue(registered.Audience);
        writer.WriteEndArray();
        writer.WriteNumber("exp", registered.Expires.ToUnixTimeSeconds());
        writer.WriteNumber("nbf", registered.ValidFrom.ToUnixTimeSeconds());
        writer.WriteNumber("iat", registered.ValidFrom.ToUnixTimeSeconds());
        writer.WriteString("jti", registered.Jti);
        if (registered.SessionId is { } sid)
        {
            writer.WriteString("sid", sid);
        }

        if (registered.Jkt.Length > 0)
        {
            writer.WriteStartObject("cnf");
            writer.WriteString("jkt", registered.Jkt);
            writer.WriteEndObject();
        }

        if (registered.AccessTokenHash is { } hash)
        {
            writer.WriteString("at_hash", hash);
        }

        if (registered.AuthTime is { } time)
        {
            writer.WriteNumber("auth_time", time.ToUnixTimeSeconds());
        }

        if (registered.Nonce.Length > 0)
        {
            writer.WriteString("nonce", registered.Nonce);
        }

        if (registered.Amr.Length > 0)
        {
            writer.WriteStartArray("amr");
            foreach (var method in registered.Amr.Split(' '))
            {
                writer.WriteStringValue(method);
            }

            writer.WriteEndArray();
        }
    }
}
