namespace Postern.Directory.Objects.TokenFields;

/// <summary>The claims that the format <c>JWT</c> has for each user.</summary>
public static class CasdoorClaims
{
    /// <summary>
    /// The claims of format <c>JWT</c>, in order, with the value of an unset one. Those that would carry secrets
    /// (password, salt, TOTP secret, recovery codes, managed accounts) keep their names and are always empty: a JWT
    /// travels to every client and into logs.
    /// </summary>
    public static readonly (string Claim, string Property, string Unset)[] All =
    [
        .. Texts("owner", "name", "createdTime", "updatedTime", "deletedTime", "id", "type", "password", "passwordSalt", "passwordType", "displayName",
            "firstName", "lastName", "avatar", "avatarType", "permanentAvatar", "email"),
        ("email_verified", "emailVerified", "false"),
        .. Texts("phone", "countryCode", "region", "location"),
        ("address", "address", "[]"),
        .. Texts("affiliation", "title", "idCardType", "idCard", "homepage", "bio", "language", "gender", "birthday", "education"),
        .. Numbers("score", "karma", "ranking"),
        .. Flags("isDefaultAvatar", "isOnline", "isAdmin", "isForbidden", "isDeleted"),
        .. Texts("signupApplication", "hash", "preHash", "registerType", "registerSource", "github", "google", "qq", "wechat", "facebook", "dingtalk",
            "weibo", "gitee", "linkedin", "wecom", "lark", "gitlab", "createdIp", "lastSigninTime", "lastSigninIp", "preferredMfaType"),
        ("recoveryCodes", "recoveryCodes", "null"),
        ("totpSecret", "totpSecret", "\"\""),
        .. Flags("mfaPhoneEnabled", "mfaEmailEnabled"),
        .. Texts("ldap"),
        ("properties", "properties", "{}"),
        ("roles", "roles", "[]"),
        ("permissions", "permissions", "[]"),
        ("groups", "groups", "[]"),
        .. Texts("lastSigninWrongTime"),
        .. Numbers("signinWrongTimes"),
        ("managedAccounts", "managedAccounts", "null"),
    ];

    private static IEnumerable<(string, string, string)> Texts(params string[] names) => names.Select(n => (n, n, "\"\""));

    private static IEnumerable<(string, string, string)> Numbers(params string[] names) => names.Select(n => (n, n, "0"));

    private static IEnumerable<(string, string, string)> Flags(params string[] names) => names.Select(n => (n, n, "false"));
}
