using System.Collections.Frozen;

namespace Postern.Protocol;

/// <summary>What the value of a claim is in JSON.</summary>
public enum ClaimType
{
    Text,
    Number,
    Boolean,

    /// <summary>An object.</summary>
    Members,

    /// <summary>An array of texts.</summary>
    Texts,
}

/// <summary>Where a claim can stand. Access tokens have one of four formats (an application's <c>tokenFormat</c>).</summary>
[Flags]
public enum ClaimPlaces
{
    None = 0,
    IdToken = 1,
    UserInfo = 2,
    Introspection = 4,
    Jwt = 8,
    JwtEmpty = 16,
    JwtCustom = 32,
    JwtStandard = 64,
    AccessTokens = Jwt | JwtEmpty | JwtCustom | JwtStandard,
    Tokens = IdToken | AccessTokens,
}

/// <summary>A row of the table of claims.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Type">Of its value.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="Scope">The scope that asks for it (OpenID Connect Core §5.4); empty where none does.</param>
/// <param name="Always">Where it is always present, independent of the scope, if it has a value.</param>
/// <param name="ByScope">Where it stands if its scope was granted or it was asked for by name (§5.5).</param>
/// <param name="Fields">
/// The user's properties that it is made of, by Casdoor's names. An application that lists properties (<c>tokenFields</c>) is told a
/// claim only where the list has one of them.
/// </param>
public sealed record Claim(string Name, ClaimType Type, string Source, string Scope, ClaimPlaces Always, ClaimPlaces ByScope, IReadOnlyList<string> Fields)
{
    public bool IsOfUser => Fields.Count > 0;
}

/// <summary>
/// The one table of claims: id_tokens, userinfo, access tokens of format <c>JWT-Standard</c> and the metadata follow it. docs/tokens.md
/// shows it.
/// </summary>
public static class Claims
{
    private const ClaimPlaces Asked = ClaimPlaces.IdToken | ClaimPlaces.UserInfo | ClaimPlaces.JwtStandard;
    private const ClaimPlaces Answers = ClaimPlaces.IdToken | ClaimPlaces.UserInfo;

    /// <summary>A claim without a value is left out, even if the table lists it.</summary>
    public static readonly IReadOnlyList<Claim> All =
    [
        OfToken("iss", ClaimType.Text, "the origin of the server", ClaimPlaces.Tokens | ClaimPlaces.UserInfo | ClaimPlaces.Introspection),
        OfToken("sub", ClaimType.Text, "`id` of the user; `admin/APPLICATION` where an application got the token for itself", ClaimPlaces.Tokens | ClaimPlaces.UserInfo | ClaimPlaces.Introspection),
        OfToken("aud", ClaimType.Texts, "the client id, or the `resource` of an access token", ClaimPlaces.Tokens | ClaimPlaces.Introspection),
        OfToken("aud", ClaimType.Text, "the client id", ClaimPlaces.UserInfo),
        OfToken("exp", ClaimType.Number, "when the token ends", ClaimPlaces.Tokens | ClaimPlaces.Introspection),
        OfToken("iat", ClaimType.Number, "when it was issued", ClaimPlaces.Tokens | ClaimPlaces.Introspection),
        OfToken("nbf", ClaimType.Number, "the same", ClaimPlaces.Tokens | ClaimPlaces.Introspection),
        OfToken("jti", ClaimType.Text, "the name of the token", ClaimPlaces.Tokens | ClaimPlaces.Introspection),
        OfToken("azp", ClaimType.Text, "the client id", ClaimPlaces.Tokens),
        OfToken("client_id", ClaimType.Text, "the client id (RFC 9068)", ClaimPlaces.AccessTokens | ClaimPlaces.Introspection),
        OfToken("scope", ClaimType.Text, "what was granted", ClaimPlaces.Tokens | ClaimPlaces.Introspection),
        OfToken("sid", ClaimType.Text, "the grant", ClaimPlaces.Tokens),
        OfToken("cnf", ClaimType.Members, "the thumbprint of the key that the token is bound to (RFC 9449)", ClaimPlaces.AccessTokens | ClaimPlaces.Introspection),
        OfToken("tokenType", ClaimType.Text, "`id-token` or `access-token`", ClaimPlaces.Tokens),
        OfToken("auth_time", ClaimType.Number, "when the user signed in", ClaimPlaces.IdToken),
        OfToken("acr", ClaimType.Text, "how the user signed in, as a class (below)", ClaimPlaces.IdToken),
        OfToken("amr", ClaimType.Texts, "how the user signed in (RFC 8176)", ClaimPlaces.IdToken),
        OfToken("overage", ClaimType.Texts, "the claims that say less than there is, in a token that would be too long", ClaimPlaces.Tokens),
        OfToken("nonce", ClaimType.Text, "`nonce` of the authorization request", ClaimPlaces.IdToken),
        OfToken("at_hash", ClaimType.Text, "hash of the access token beside it", ClaimPlaces.IdToken),
        OfToken("active", ClaimType.Boolean, "whether the token is good now", ClaimPlaces.Introspection),
        OfToken("username", ClaimType.Text, "`name` of the user", ClaimPlaces.Introspection),
        OfToken("token_type", ClaimType.Text, "`Bearer` or `DPoP`", ClaimPlaces.Introspection),
        OfToken("owner", ClaimType.Text, "the organization of the user", ClaimPlaces.JwtStandard),
        OfToken("id", ClaimType.Text, "`id` of the user", ClaimPlaces.JwtStandard),
        OfUser("name", ClaimType.Text, "`displayName`, else `name`", "profile", ["DisplayName"], ClaimPlaces.JwtStandard),
        OfUser("given_name", ClaimType.Text, "`firstName`", "profile", ["FirstName"]),
        OfUser("family_name", ClaimType.Text, "`lastName`", "profile", ["LastName"]),
        OfUser("preferred_username", ClaimType.Text, "`name`", "profile", ["Name"], ClaimPlaces.JwtStandard),
        OfUser("picture", ClaimType.Text, "`avatar`, where it is an http or https address", "profile", ["Avatar"], ClaimPlaces.JwtStandard),
        OfUser("website", ClaimType.Text, "`homepage`, where it is an http or https address", "profile", ["Homepage"]),
        OfUser("gender", ClaimType.Text, "`gender`; `female` and `male` in lower case", "profile", ["Gender"]),
        OfUser("birthdate", ClaimType.Text, "`birthday`, where it is `YYYY-MM-DD` or `YYYY`", "profile", ["Birthday"]),
        OfUser("zoneinfo", ClaimType.Text, "`properties.zoneinfo`, where it is a name of the time zone database", "profile", ["Properties.zoneinfo"]),
        OfUser("locale", ClaimType.Text, "`language`, where it is a language tag (BCP 47)", "profile", ["Language"]),
        OfUser("updated_at", ClaimType.Number, "`updatedTime`", "profile", ["UpdatedTime"]),
        OfUser("email", ClaimType.Text, "`email`", "email", ["Email"], ClaimPlaces.JwtStandard),
        OfUser("email_verified", ClaimType.Boolean, "`emailVerified`, beside `email`", "email", ["Email", "EmailVerified"], ClaimPlaces.JwtStandard),
        OfUser("phone_number", ClaimType.Text, "`phone`, with `+86` or `+1` by `countryCode`", "phone", ["Phone"]),
        OfUser("phone_number_verified", ClaimType.Boolean, "false beside `phone_number`: nothing here verifies it", "phone", ["Phone"]),
        OfUser("address", ClaimType.Members, "the first of `addresses`, else `address`, `location` and `region`", "address", ["Address", "Addresses", "Location", "Region"]),
        OfUser("groups", ClaimType.Texts, "the groups of the user, by name", "groups", ["Groups"]),
        OfUser("roles", ClaimType.Texts, "the roles of the user, by name", "roles", ["Roles"]),
        new("permissions", ClaimType.Texts, "the permissions of the user, by name", "", ClaimPlaces.None, Answers, ["Permissions"]),
    ];

    /// <summary>What tells of the user.</summary>
    public static readonly IReadOnlyList<Claim> OfUsers = [.. All.Where(c => c.IsOfUser)];

    private static readonly FrozenDictionary<string, Claim> Askable = OfUsers.Where(c => c.Scope.Length > 0).ToFrozenDictionary(c => c.Name, StringComparer.Ordinal);

    /// <summary>The names that a client may find in an id_token or in userinfo, for the metadata.</summary>
    public static readonly IReadOnlyList<string> Supported =
        [.. All.Where(c => ((c.Always | c.ByScope) & Answers) != ClaimPlaces.None && (c.Scope.Length > 0 || !c.IsOfUser)).Select(c => c.Name).Distinct()];

    /// <summary>The scopes that ask for claims.</summary>
    public static readonly IReadOnlyList<string> AskingScopes = [.. OfUsers.Select(c => c.Scope).Where(scope => scope.Length > 0).Distinct()];

    /// <summary>Whether a client may ask for this claim of the user by its name.</summary>
    public static bool IsAskable(string name) => Askable.ContainsKey(name);

    /// <summary>Whether claims of the user are given: its scope was granted, or its name was asked for.</summary>
    public static bool IsGiven(Claim claim, IReadOnlyCollection<string> scopes, IReadOnlyCollection<string> names) =>
        claim.Scope.Length > 0 && (scopes.Contains(claim.Scope) || names.Contains(claim.Name));

    private static Claim OfToken(string name, ClaimType type, string source, ClaimPlaces places) => new(name, type, source, "", places, ClaimPlaces.None, []);

    private static Claim OfUser(string name, ClaimType type, string source, string scope, IReadOnlyList<string> fields, ClaimPlaces always = ClaimPlaces.None) =>
        new(name, type, source, scope, always, Asked & ~always, fields);
}
