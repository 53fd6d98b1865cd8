using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Organization: a pool of users.</summary>
internal static class OrganizationKind
{
    public static readonly ObjectKind Kind = new("organization", "organizations", "organizations")
    {
        Type = "Organization",
        Shape = new(
            """
            owner N, name N, createdTime S, displayName S, websiteUrl U, logo P, logoDark P, favicon P, hasPrivilegeConsent B,
            passwordType S, passwordSalt S, passwordOptions S[], passwordObfuscatorType S, passwordObfuscatorKey S,
            passwordExpireDays I(0..36500), tokenRetentionDays I(0..36500), recordRetentionDays I(0..36500), countryCodes S[],
            defaultAvatar P, usePermanentAvatar B, defaultApplication S, defaultTokenFormat S, userTypes S[], tags S[], languages S[],
            themeData ThemeData, masterPassword S, defaultPassword S, masterVerificationCode S, ipWhitelist S(8000), initScore I,
            enableSoftDeletion B, isProfilePublic B, useEmailAsUsername B, enableTour B, disableSignin B, ipRestriction S, navItems S[],
            userNavItems S[], widgetItems S[], mfaItems MfaItem[], mfaRememberInHours I(0..876000), accountMenu S,
            accountItems AccountItem[], dcrPolicy S, ldapAttributes S[], kerberosRealm S, kerberosKdcHost S, kerberosKeytab T,
            kerberosServiceName S, orgBalance F, userBalance F, balanceCredit F, balanceCurrency S
            """),
        KeptOnly = ObjectShape.Words(
            """
            logoDark favicon hasPrivilegeConsent passwordObfuscatorType passwordObfuscatorKey countryCodes usePermanentAvatar
            userTypes tags languages initScore enableTour ipRestriction navItems userNavItems widgetItems mfaRememberInHours
            accountMenu ldapAttributes kerberosRealm kerberosKdcHost kerberosServiceName orgBalance userBalance balanceCredit
            balanceCurrency
            """),
        Columns =
        [
            new("owner", "owner"), new("name", "name"), new("createdTime", "created_time", ColumnType.Time),
            new("displayName", "display_name"), new("passwordType", "password_type"), new("defaultApplication", "default_application"),
            new("accountItems", "account_items", ColumnType.Json), new("disableSignin", "disable_signin", ColumnType.Bool),
            new("enableSoftDeletion", "enable_soft_deletion", ColumnType.Bool), new("isProfilePublic", "is_profile_public", ColumnType.Bool),
            new("tokenRetentionDays", "token_retention_days", ColumnType.Whole),
            new("recordRetentionDays", "record_retention_days", ColumnType.Whole),
            new("passwordOptions", "password_options", ColumnType.Json), new("defaultAvatar", "default_avatar"),
            new("defaultTokenFormat", "default_token_format"), new("useEmailAsUsername", "use_email_as_username", ColumnType.Bool),
            new("dcrPolicy", "dcr_policy"), new("ipWhitelist", "ip_whitelist"), new("passwordExpireDays", "password_expire_days", ColumnType.Whole),
            new("mfaItems", "mfa_items", ColumnType.Json),
        ],
        // A password that opens every account is never stored (docs/casdoor-compatibility.md). A keytab is a secret that no rule of ours reads.
        NeverStored = new HashSet<string> { "masterPassword", "defaultPassword", "masterVerificationCode", "kerberosKeytab" },
        OtherRoutes = new Dictionary<string, LocalizedText>
        {
            ["masterPassword"] = new("one password for all users is not offered", "不支持所有用户共用一个密码"),
            ["defaultPassword"] = new("one password for all users is not offered", "不支持所有用户共用一个密码"),
            ["masterVerificationCode"] = new("one code for all users is not offered", "不支持所有用户共用一个验证码"),
            ["kerberosKeytab"] = new("Kerberos is not offered", "不支持 Kerberos"),
        },
        Bagged = new HashSet<string> { "passwordSalt", "passwordObfuscatorKey" },
        EncryptedProperties = SecretColumn.OrganizationSecrets,
        FixedOwner = "admin",
        BuiltIn = [Organizations.BuiltIn],
        JudgeChange = (_, changes) => RefuseName(changes),
        Complete = (document, _) =>
        {
            document.TryAdd("balanceCurrency", "USD");
            document.TryAdd("mfaRememberInHours", 12);
            document.TryAdd("passwordOptions", new JsonArray("AtLeast6"));
            document.TryAdd("countryCodes", new JsonArray("US", "ES", "FR", "DE", "GB", "CN", "JP", "KR", "VN", "ID", "SG", "IN"));
            document.TryAdd("languages", new JsonArray("en", "es", "fr", "de", "ja", "zh", "vi", "pt", "tr", "pl", "uk"));
            if (document["accountItems"] is not JsonArray { Count: > 0 })
            {
                document["accountItems"] = AccountItems.Default();
            }

            return RefuseName(document);
        },
    };

    /// <summary>What the installation owns has the owner admin; it must not become an organization's.</summary>
    private static LocalizedText? RefuseName(JsonObject document) =>
        ObjectTarget.Text(document, "name") == "admin" ? new LocalizedText(
            "admin is the owner of what belongs to the installation: choose another name for the organization",
            "admin 是系统对象的 owner：请为组织使用其他名称") : null;
}
