using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Storage.Secrets;

namespace Postern.Directory.Objects.Kinds;

/// <summary>User; the owner is the organization, the id is the token's <c>sub</c>.</summary>
public static class UserKind
{
    public static readonly ObjectKind Kind = new("user", "users", "users")
    {
        Type = "User",
        Shape = new(
            """
            owner N, name N, createdTime S, updatedTime S, deletedTime S, id N, externalId S, type S, password S(4000), passwordSalt S,
            passwordType S, displayName S, firstName S, lastName S, avatar P, avatarType S, permanentAvatar P, email N, emailVerified B,
            phone S, countryCode S, region S, location S, address S[], addresses Address[], affiliation S, title S, idCardType S, idCard S,
            realName S, isVerified B, homepage U, bio T, tag S, language S, gender S, birthday S, education S, score I, karma I, ranking I,
            balance F, balanceCredit F, currency S, balanceCurrency S, isDefaultAvatar B, isOnline B, isAdmin B, isForbidden B, isDeleted B,
            signupApplication S, hash S, preHash S, registerType S, registerSource S, accessToken T, originalToken T,
            originalRefreshToken T, createdIp S, lastSigninTime S, lastSigninIp S, github S, google S, qq S, wechat S, facebook S,
            dingtalk S, weibo S, gitee S, linkedin S, wecom S, lark S, gitlab S, adfs S, baidu S, alipay S, casdoor S, infoflow S, apple S,
            azuread S, azureadb2c S, slack S, steam S, bilibili S, okta S, douyin S, kwai S, line S, amazon S, auth0 S, battlenet S,
            bitbucket S, box S, cloudfoundry S, dailymotion S, deezer S, digitalocean S, discord S, dropbox S, eveonline S, fitbit S,
            gitea S, heroku S, influxcloud S, instagram S, intercom S, kakao S, lastfm S, mailru S, meetup S, microsoftonline S, naver S,
            nextcloud S, onedrive S, oura S, patreon S, paypal S, salesforce S, shopify S, soundcloud S, spotify S, strava S, stripe S,
            telegram S, tiktok S, tumblr S, twitch S, twitter S, typetalk S, uber S, vk S, wepay S, xero S, yahoo S, yammer S, yandex S,
            zoom S, metamask S, web3onboard S, custom S, custom2 S, custom3 S, custom4 S, custom5 S, custom6 S, custom7 S, custom8 S,
            custom9 S, custom10 S, webauthnCredentials A, preferredMfaType S, recoveryCodes S[], totpSecret S, mfaPhoneEnabled B,
            mfaEmailEnabled B, mfaRadiusEnabled B, mfaRadiusUsername S, mfaRadiusProvider S, mfaPushEnabled B, mfaPushReceiver S,
            mfaPushProvider S, multiFactorAuths MfaProps[]!, invitation S, invitationCode S, faceIds FaceId[], cart ProductInfo[], ldap S,
            uidNumber I(0..4294967295), properties M, roles Role[]!, permissions Permission[]!, groups S[](10000)!,
            lastChangePasswordTime S, lastSigninWrongTime S, signinWrongTimes I(0..1000000), managedAccounts ManagedAccount[],
            mfaAccounts MfaAccount[], mfaItems MfaItem[], mfaRememberDeadline S, needUpdatePassword B, ipWhitelist S(8000),
            applicationScopes ConsentRecord[]
            """),
        KeptOnly = ObjectShape.Words(
            """
            isVerified balance balanceCredit currency balanceCurrency github google qq facebook dingtalk weibo gitee linkedin wecom
            lark gitlab adfs baidu alipay casdoor infoflow apple azuread azureadb2c slack steam bilibili okta douyin kwai line
            amazon auth0 battlenet bitbucket box cloudfoundry dailymotion deezer digitalocean discord dropbox eveonline fitbit gitea
            heroku influxcloud instagram intercom kakao lastfm mailru meetup microsoftonline naver nextcloud onedrive oura patreon
            paypal salesforce shopify soundcloud spotify strava stripe telegram tiktok tumblr twitch twitter typetalk uber vk wepay
            xero yahoo yammer yandex zoom metamask web3onboard custom custom2 custom3 custom4 custom5 custom6 custom7 custom8
            custom9 custom10 webauthnCredentials mfaRadiusUsername mfaRadiusProvider mfaPushReceiver mfaPushProvider invitation
            invitationCode faceIds cart ldap uidNumber managedAccounts mfaAccounts mfaRememberDeadline applicationScopes
            """),
        Columns =
        [
            new("owner", "owner"), new("name", "name"), new("createdTime", "created_time", ColumnType.Time),
            new("updatedTime", "updated_time", ColumnType.Time), new("deletedTime", "deleted_time", ColumnType.Time),
            new("id", "id"), new("type", "type"), new("passwordType", "password_type"), new("displayName", "display_name"),
            new("avatar", "avatar"), new("email", "email"), new("phone", "phone"), new("countryCode", "country_code"),
            new("isAdmin", "is_admin", ColumnType.Bool), new("isForbidden", "is_forbidden", ColumnType.Bool),
            new("isDeleted", "is_deleted", ColumnType.Bool), new("signupApplication", "signup_application"),
            new("lastSigninTime", "last_signin_time", ColumnType.Time), new("lastSigninIp", "last_signin_ip"),
            new("lastSigninWrongTime", "last_signin_wrong_time", ColumnType.Time),
            new("signinWrongTimes", "signin_wrong_times", ColumnType.Whole),
        ],
        Secrets = [new("password", SecretColumn.UserPassword), new("passwordSalt", SecretColumn.UserPasswordSalt)],
        Bagged = new HashSet<string> { "totpSecret", "recoveryCodes", "managedAccounts", "mfaAccounts" },
        EncryptedProperties = SecretColumn.UserSecrets,
        // The identities of WeChat are views of their own table; roles and permissions of theirs (docs/design/write-path.md).
        NeverStored = new HashSet<string>
        {
            "wechat", "isOnline", "hash", "preHash", "accessToken", "originalToken", "originalRefreshToken", "multiFactorAuths",
            "thirdPartyLinks", "roles", "permissions",
        },
        FixedAfterAdd = new HashSet<string>
        {
            "updatedTime", "deletedTime", "lastSigninTime", "lastSigninIp", "lastSigninWrongTime", "signinWrongTimes",
            "passwordType", "passwordSalt", "totpSecret", "recoveryCodes",
        },
        OtherRoutes = new Dictionary<string, LocalizedText>
        {
            ["roles"] = new("use update-role", "请使用 update-role"),
            ["permissions"] = new("use update-permission", "请使用 update-permission"),
            ["totpSecret"] = new("it belongs to a second factor", "它属于二次验证"),
            ["recoveryCodes"] = new("they belong to a second factor", "它们属于二次验证"),
            ["passwordType"] = new("set a password instead", "请改为设置密码"),
            ["passwordSalt"] = new("set a password instead", "请改为设置密码"),
        },
        Lists = ["groups"],
        CallerProperty = "registerSource",
        IsNamedWithinOwner = true,
        QuickOrders = ["name", "displayName", "email", "phone"],
        QuickBeginnings = ["name", "displayName", "email", "phone"],
        IsCounted = true,
        Complete = (document, clock) =>
        {
            var now = Rfc3339.Of(clock.GetUtcNow().ToUnixTimeMilliseconds());
            document.TryAdd("updatedTime", now);
            if (document["isDeleted"] is JsonValue deleted && deleted.GetValue<bool>())
            {
                document.TryAdd("deletedTime", now);
            }

            document.TryAdd("balanceCurrency", "USD");
            document.TryAdd("registerType", "Add User");
            return null;
        },
        JudgeChange = (_, changes) => changes.ContainsKey("id") ? new LocalizedText("The ID is immutable.", "ID 不能修改。")
            // Its identities and grants are the organization's; moving them is a merge, not a change of a property.
            : changes.ContainsKey("owner") ? new LocalizedText("a user's organization cannot be changed", "用户所属的组织不能修改")
            : null,
    };

    /// <summary>Entries of <c>properties</c> that are views of the user's identities, or tokens of other servers.</summary>
    public static bool IsKeptProperty(string key) =>
        key is not ("wechatOpenId" or "wechatUnionId")
        && !(key.StartsWith("oauth_", StringComparison.Ordinal)
            && (key.EndsWith("_accessToken", StringComparison.Ordinal) || key.EndsWith("_refreshToken", StringComparison.Ordinal)));
}
