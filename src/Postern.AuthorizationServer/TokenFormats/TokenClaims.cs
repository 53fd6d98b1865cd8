using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Postern.Directory.Objects.TokenFields;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.TokenFormats;

/// <summary>The registered claims of a token, the same in every format.</summary>
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

    /// <summary>The class of the sign-in (<see cref="AuthenticationContexts"/>).</summary>
    public string Acr { get; init; } = "";
}

/// <summary>
/// The payloads of tokens; every claim is written once. An access token has the application's format. An id_token has the claims that
/// were asked for, or for an application that says so Casdoor's, which are those of the access token (docs/tokens.md).
/// </summary>
public static class TokenClaims
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>What <see cref="WriteRegistered"/> may write.</summary>
    private static readonly HashSet<string> Registered =
        new([.. Claims.All.Where(c => !c.IsOfUser && (c.Always & ClaimPlaces.Tokens) != ClaimPlaces.None && c.Name is not ("owner" or "id")).Select(c => c.Name)], StringComparer.Ordinal);

    private static readonly HashSet<string> InTable = new(Claims.All.Select(c => c.Name), StringComparer.Ordinal);

    /// <summary>Whether an access token of the application tells of groups, roles or permissions: otherwise they are not read.</summary>
    public static bool TellHoldings(Application application, string scope) => !application.IsThirdParty && application.TokenFormat switch
    {
        "JWT-Empty" => false,
        "JWT-Standard" => IdentityClaims.AreHoldings(IdentityClaims.ToldByStandard(scope)),
        _ => true,
    };

    /// <summary>The same of an id_token.</summary>
    public static bool IdentityTellsHoldings(Application application, string scope, IReadOnlyCollection<string> names) =>
        application.HasCasdoorsIdTokens ? TellHoldings(application, scope) : IdentityClaims.AreHoldings(IdentityClaims.Told(application, scope, names));

    public static string WriteAccess(Application application, User user, RegisteredClaims registered) => WriteToFit(user, (writer, own, detail) =>
    {
        // For a client that needs consent, the token holds its scope and subject, and no more than the consent page named.
        if (!application.IsThirdParty)
        {
            WriteFormat(writer, application, user, own, registered.Scope, detail);
        }

        writer.WriteString("client_id", registered.AuthorizedParty);
        WriteRegistered(writer, registered, alwaysScope: application.TokenFormat == "JWT-Custom");
    });

    /// <param name="application">The client.</param>
    /// <param name="user">The user who signed in.</param>
    /// <param name="registered">What is said of the token.</param>
    /// <param name="names">The claims that the request asked for by name (OpenID Connect Core §5.5).</param>
    public static string WriteIdentity(Application application, User user, RegisteredClaims registered, IReadOnlyCollection<string> names) => WriteToFit(user, (writer, own, detail) =>
    {
        if (application.HasCasdoorsIdTokens)
        {
            WriteFormat(writer, application, user, own, registered.Scope, detail);
        }
        else if (detail < TokenDetail.Identity)
        {
            WriteIdentity(writer, application, IdentityClaims.Told(application, registered.Scope, names), user, own);
        }

        WriteRegistered(writer, registered, alwaysScope: false);
    });

    /// <summary>What an id_token and userinfo say of the user.</summary>
    public static void WriteIdentity(Utf8JsonWriter writer, Application application, IEnumerable<Claim> told, User user, UserClaims own)
    {
        IdentityClaims.Write(writer, told, user, own);
        if (application is { TokenFormat: "JWT-Custom", IsThirdParty: false })
        {
            CustomClaims.WriteAdded(writer, application, user, own, InTable);
        }
    }

    /// <summary>A JSON object of what is written.</summary>
    public static string Write(User user, Action<Utf8JsonWriter, UserClaims> write) =>
        Text(Write(user, (writer, own, _) => write(writer, own), TokenDetail.Whole));

    /// <summary>The same for a token, with as much as it has room for.</summary>
    private static string WriteToFit(User user, Action<Utf8JsonWriter, UserClaims, TokenDetail> write)
    {
        return Text(TokenSize.Fit(user, detail => Write(user, WriteMarked, detail)));

        void WriteMarked(Utf8JsonWriter writer, UserClaims own, TokenDetail detail)
        {
            write(writer, own, detail);
            TokenSize.WriteMarker(writer, detail);
        }
    }

    private static ReadOnlyMemory<byte> Write(User user, Action<Utf8JsonWriter, UserClaims, TokenDetail> write, TokenDetail detail)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        using (var own = new UserClaims(user, detail))
        {
            writer.WriteStartObject();
            write(writer, own, detail);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    /// <summary>Casdoor's fields, by the application's format.</summary>
    private static void WriteFormat(Utf8JsonWriter writer, Application application, User user, UserClaims own, string scope, TokenDetail detail)
    {
        switch (detail == TokenDetail.Identity ? "JWT-Empty" : application.TokenFormat)
        {
            case "JWT-Empty":
                WriteEmpty(writer, own);
                break;
            case "JWT-Custom":
                CustomClaims.Write(writer, application, user, own, Registered);
                break;
            case "JWT-Standard":
                writer.WriteString("owner", user.Owner);
                writer.WriteString("id", user.Id);
                IdentityClaims.Write(writer, IdentityClaims.ToldByStandard(scope), user, own);
                break;
            default:
                WriteAll(writer, own);
                break;
        }
    }

    private static void WriteAll(Utf8JsonWriter writer, UserClaims claims)
    {
        foreach (var (claim, property, unset) in CasdoorClaims.All)
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

        if (registered.Acr.Length > 0)
        {
            writer.WriteString("acr", registered.Acr);
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
