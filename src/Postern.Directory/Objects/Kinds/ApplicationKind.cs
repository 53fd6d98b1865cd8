using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.TokenFields;
using Postern.Protocol;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Application, Casdoor's word for a client; all have the owner <c>admin</c>.</summary>
public static class ApplicationKind
{
    private static readonly string[] OfConsole =
    [
        "organization", "clientId", "clientSecret", "redirectUris", "grantTypes", "tokenEndpointAuthMethod", "clientCert", "jwksUri", "jwks", "securityProfile", "isShared", "apiAccess", "providers", "enableSignUp", "scopes", "customScopes",
    ];

    /// <summary>Properties with a default that an empty text does not replace: SDKs send every text that they know of.</summary>
    public static readonly IReadOnlySet<string> Choices = new HashSet<string>(["idTokenClaims", "firstSigninPolicy"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The columns that users recognize a client by: what they allowed it ends when one of them changes.</summary>
    public static readonly string[] Recognized = ["name", "display_name", "redirect_uris"];

    public static readonly ObjectKind Kind = new("application", "applications", "applications")
    {
        Type = "Application",
        Shape = new(
            """
            owner N, name N, createdTime S, displayName S, category S, type S, scopes ScopeItem[]!, logo P, title S, favicon P, order I,
            homepageUrl U, description T, organization N, cert N, defaultGroup S, defaultTag S, headerHtml T, pageHtml T, enablePassword B,
            enableSignUp B, enableGuestSignin B, disableSignin B, enableSigninSession B, enableAutoSignin B, enableCodeSignin B,
            enableExclusiveSignin B, enableSamlCompress B, enableSamlC14n10 B, enableSamlPostBinding B, disableSamlAttributes B,
            enableSamlAssertionSignature B, useEmailAsSamlNameId B, enableWebAuthn B, enableLinkWithEmail B, orgChoiceMode S,
            samlReplyUrl U, providers ProviderItem[]!, signinMethods SigninMethod[]!, signupItems SignupItem[]!, signinItems SigninItem[]!,
            grantTypes S[]!, organizationObj Organization, certPublicKey S, tags S[]!, samlAttributes SamlItem[], samlHashAlgorithm S,
            samlC14nPrefix S, isShared B, ipRestriction S, clientId N, clientSecret S, clientCert N, redirectUris L[]!,
            backchannelLogoutUri U, forcedRedirectOrigin U, tokenFormat S, tokenSigningMethod S, tokenFields S[]!,
            tokenAttributes JwtItem[], expireInHours F(0..876000), refreshExpireInHours F(0..876000), cookieExpireInHours I(0..876000),
            signupUrl U, signinUrl U, forgetUrl U, affiliationUrl U, ipWhitelist S(8000), termsOfUse T, signupHtml T, signinHtml T,
            themeData ThemeData, footerHtml T, formCss T, formCssMobile T, formOffset I, formSideHtml T, formBackgroundUrl P,
            formBackgroundUrlMobile P, failedSigninLimit I(0..1000000), failedSigninFrozenTime I(0..525600), codeResendTimeout I(0..86400),
            customScopes CustomScope[], domain L, otherDomains L[], upstreamHost L, sslMode S, sslCert N, CertObj Cert,
            registrationAccessToken S, tokenEndpointAuthMethod S, apiAccess S, jwksUri U, idTokenClaims S, jwks T(16384), securityProfile S,
            firstSigninPolicy S
            """),
        KeptOnly = ObjectShape.Words(
            """
            favicon defaultGroup defaultTag headerHtml pageHtml enableGuestSignin enableSigninSession enableAutoSignin
            enableCodeSignin enableExclusiveSignin enableSamlCompress enableSamlC14n10 enableSamlPostBinding disableSamlAttributes
            enableSamlAssertionSignature useEmailAsSamlNameId enableWebAuthn enableLinkWithEmail orgChoiceMode samlReplyUrl
            signinMethods signupItems signinItems samlAttributes samlHashAlgorithm samlC14nPrefix ipRestriction forcedRedirectOrigin
            signupUrl signinUrl forgetUrl affiliationUrl signupHtml signinHtml footerHtml formCss formCssMobile formOffset
            formSideHtml formBackgroundUrl formBackgroundUrlMobile codeResendTimeout domain otherDomains upstreamHost sslMode
            sslCert
            """),
        Columns =
        [
            new("owner", "owner"), new("name", "name"), new("createdTime", "created_time", ColumnType.Time),
            new("organization", "organization"), new("clientId", "client_id"), new("displayName", "display_name"),
            new("enableSignUp", "enable_sign_up", ColumnType.Bool), new("enablePassword", "enable_password", ColumnType.Bool),
            new("disableSignin", "disable_signin", ColumnType.Bool), new("isShared", "is_shared", ColumnType.Bool),
            new("apiAccess", "api_access"), new("providers", "providers", ColumnType.Json),
            new("grantTypes", "grant_types", ColumnType.Json), new("redirectUris", "redirect_uris", ColumnType.Json),
            new("scopes", "scopes", ColumnType.Json), new("cert", "cert"), new("tokenFormat", "token_format"),
            new("idTokenClaims", "id_token_claims"), new("tokenSigningMethod", "token_signing_method"), new("tokenEndpointAuthMethod", "token_endpoint_auth_method"),
            new("tokenFields", "token_fields", ColumnType.Json), new("tokenAttributes", "token_attributes", ColumnType.Json),
            new("expireInHours", "expire_in_hours", ColumnType.Fraction), new("refreshExpireInHours", "refresh_expire_in_hours", ColumnType.Fraction),
            new("cookieExpireInHours", "cookie_expire_in_hours", ColumnType.Whole),
            new("failedSigninLimit", "failed_signin_limit", ColumnType.Whole),
            new("failedSigninFrozenTime", "failed_signin_frozen_time", ColumnType.Whole),
            new("clientCert", "client_cert"), new("jwksUri", "jwks_uri"), new("jwks", "jwks"), new("securityProfile", "security_profile"), new("backchannelLogoutUri", "backchannel_logout_uri"),
            new("customScopes", "custom_scopes", ColumnType.Json), new("tags", "tags", ColumnType.Json), new("ipWhitelist", "ip_whitelist"), new("firstSigninPolicy", "first_signin_policy"),
        ],
        Shown = "clientSecret",
        Secrets = [new("clientSecret", SecretColumn.ApplicationSecret)],
        NeverStored = new HashSet<string> { "organizationObj", "certPublicKey", "CertObj", "registrationAccessToken" },
        OtherRoutes = new Dictionary<string, LocalizedText>
        {
            ["organizationObj"] = new("use update-organization", "请使用 update-organization"),
            ["certPublicKey"] = new("use update-cert", "请使用 update-cert"),
            ["CertObj"] = new("use update-cert", "请使用 update-cert"),
            ["registrationAccessToken"] = new("the client's registration writes it", "由客户端注册写入"),
        },
        FixedOwner = "admin",
        BuiltIn = [Applications.BuiltIn, Applications.Console],
        Unique = ["client_id"],
        Complete = Complete,
        JudgeChange = (shown, changes) => RefuseConsole(shown, changes)
            ?? RefuseClientId(changes["clientId"])
            ?? RefuseAccess(changes["apiAccess"])
            ?? RefuseSigning(changes["tokenSigningMethod"])
            ?? RefuseIdTokenClaims(changes["idTokenClaims"])
            ?? RefuseFirstSignin(changes["firstSigninPolicy"])
            ?? ProfileDemands.Refuse(shown, changes)
            ?? RefuseRedirects(changes["redirectUris"])
            ?? TokenAttribute.Refuse(changes["tokenAttributes"], changes["tokenFields"])
            ?? RefuseSharing(changes["isShared"] ?? shown["isShared"], changes["organization"] ?? shown["organization"]),
    };

    /// <summary>A client secret of 160 bits.</summary>
    public static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    private static LocalizedText? Complete(JsonObject document, TimeProvider clock)
    {
        Fill(document, "organization", Organizations.BuiltIn);
        Fill(document, "clientId", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10)));
        Fill(document, "clientSecret", NewSecret());
        Fill(document, "tokenFormat", "JWT");
        Fill(document, "apiAccess", ApiAccess.Organization);
        Fill(document, "idTokenClaims", IdTokenClaims.Standard);
        Fill(document, "firstSigninPolicy", FirstSigninPolicies.Create);
        FillList(document, "grantTypes", () => new JsonArray("authorization_code"));
        FillList(document, "signinMethods", () => SigninDefaults.Methods(document));
        FillList(document, "signupItems", SigninDefaults.SignupItems);
        FillList(document, "signinItems", SigninDefaults.SigninItems);
        FillNumber(document, "failedSigninLimit", 5);
        FillNumber(document, "failedSigninFrozenTime", 15);
        return RefuseClientId(document["clientId"]) ?? RefuseAccess(document["apiAccess"]) ?? RefuseSigning(document["tokenSigningMethod"])
            ?? RefuseIdTokenClaims(document["idTokenClaims"])
            ?? RefuseFirstSignin(document["firstSigninPolicy"])
            ?? ProfileDemands.Refuse([], document)
            ?? TokenAttribute.Refuse(document["tokenAttributes"], document["tokenFields"]) ?? RefuseSharing(document["isShared"], document["organization"]);
    }

    /// <summary>
    /// A client id is the audience of tokens: one that differs from another by a blank or by a character without shape alone is not
    /// taken (RFC 6749 appendix A.1).
    /// </summary>
    private static LocalizedText? RefuseClientId(JsonNode? clientId) =>
        clientId?.GetValue<string>().All(c => c is > ' ' and <= '~') ?? true ? null : new LocalizedText(
            "clientId must consist of visible ASCII characters, without blanks",
            "clientId 只能包含可见的 ASCII 字符，不能有空格");

    /// <summary>An address with other characters is compared with what a browser sends, which is never the same (RFC 3986 section 2).</summary>
    public static LocalizedText? RefuseRedirects(JsonNode? addresses) =>
        (addresses as JsonArray)?.Select(a => a is JsonValue value && value.TryGetValue<string>(out var text) ? text : "").FirstOrDefault(a => !System.Text.Ascii.IsValid(a)) is { } address
            ? new LocalizedText(
                $"redirectUris must consist of ASCII characters: write a host name in punycode (xn--…) and everything else percent-encoded, instead of {address}",
                $"redirectUris 只能包含 ASCII 字符：域名请用 punycode（xn--…），其余部分请用百分号编码，而不是 {address}")
            : null;

    /// <summary>As earlier versions wrote it: true for the organization. What says nothing is nothing.</summary>
    public static JsonNode? ReadAccess(JsonNode? sent) => sent?.GetValueKind() switch
    {
        JsonValueKind.True => ApiAccess.Organization,
        JsonValueKind.False => ApiAccess.None,
        JsonValueKind.String when sent.GetValue<string>().Length == 0 => null,
        _ => sent,
    };

    private static LocalizedText? RefuseAccess(JsonNode? access) => access is null || access.GetValue<string>() is ApiAccess.None or ApiAccess.Organization or ApiAccess.Installation
        ? null
        : new LocalizedText(
            $"apiAccess must be {ApiAccess.None}, {ApiAccess.Organization} or {ApiAccess.Installation}",
            $"apiAccess 只能是 {ApiAccess.None}、{ApiAccess.Organization} 或 {ApiAccess.Installation}");

    private static LocalizedText? RefuseIdTokenClaims(JsonNode? claims) => claims is null || claims.GetValue<string>() is IdTokenClaims.Standard or IdTokenClaims.Casdoor
        ? null
        : new LocalizedText(
            $"idTokenClaims must be {IdTokenClaims.Standard} or {IdTokenClaims.Casdoor}",
            $"idTokenClaims 只能是 {IdTokenClaims.Standard} 或 {IdTokenClaims.Casdoor}");

    private static LocalizedText? RefuseFirstSignin(JsonNode? policy) => policy is null || FirstSigninPolicies.All.Contains(policy.GetValue<string>())
        ? null
        : new LocalizedText($"firstSigninPolicy must be {string.Join(", ", FirstSigninPolicies.All)}", $"firstSigninPolicy 只能是 {string.Join("、", FirstSigninPolicies.All)}");

    /// <summary>Another method would be answered with RS256, which its verifier does not expect.</summary>
    private static LocalizedText? RefuseSigning(JsonNode? method)
    {
        var text = method?.GetValue<string>() ?? "";
        return text.Length == 0 || SigningAlgorithms.OfTokens.Contains(text) || text.StartsWith("RS", StringComparison.Ordinal)
            ? null
            : new LocalizedText(
                $"tokenSigningMethod {text} is not known: leave it empty, or choose RS256, RS512, PS256, ES256, ES384 or ES512",
                $"未知的 tokenSigningMethod {text}：请留空，或选择 RS256、RS512、PS256、ES256、ES384 或 ES512");
    }

    /// <summary>The console signs in with nothing but this; how it looks is the operator's.</summary>
    private static LocalizedText? RefuseConsole(JsonObject shown, JsonObject changes) =>
        shown["name"]?.ToString() == Applications.Console && OfConsole.FirstOrDefault(changes.ContainsKey) is { } property
            ? new LocalizedText(
                $"{property} of {Applications.Console} is what the console signs in with and cannot be changed: make an application of your own",
                $"{Applications.Console} 的 {property} 用于控制台登录，不能修改：请新建自己的应用")
            : null;

    private static LocalizedText? RefuseSharing(JsonNode? isShared, JsonNode? organization) =>
        isShared is not null && isShared.GetValue<bool>() && organization?.GetValue<string>() != Organizations.BuiltIn
            ? new LocalizedText("only applications belonging to built-in organization can be shared", "只有属于 built-in 组织的应用可以共享")
            : null;

    private static void Fill(JsonObject document, string property, string value)
    {
        if (document[property] is not JsonValue given || given.GetValue<string>().Length == 0)
        {
            document[property] = value;
        }
    }

    private static void FillNumber(JsonObject document, string property, long value)
    {
        if (document[property] is not JsonValue given || (ObjectShape.TryInteger(given, out var number) && number == 0))
        {
            document[property] = value;
        }
    }

    private static void FillList(JsonObject document, string property, Func<JsonArray> value)
    {
        if (document[property] is not JsonArray { Count: > 0 })
        {
            document[property] = value();
        }
    }
}
