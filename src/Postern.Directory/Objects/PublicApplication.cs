using System.Text.Json.Nodes;

namespace Postern.Directory.Objects;

/// <summary>An application as the public sees it: what a sign-in page needs, and nothing of how it is run.</summary>
public static class PublicApplication
{
    private static readonly string[] Masked =
    [
        "clientSecret", "clientCert", "cert", "registrationAccessToken", "ipWhitelist", "backchannelLogoutUri", "samlReplyUrl", "tokenFormat",
        "tokenSigningMethod", "domain", "upstreamHost", "sslMode", "sslCert",
    ];

    private static readonly string[] Off =
    [
        "enablePassword", "enableSigninSession", "enableCodeSignin", "enableSamlCompress", "enableSamlC14n10", "enableSamlPostBinding",
        "disableSamlAttributes", "enableWebAuthn", "enableLinkWithEmail",
    ];

    private static readonly string[] Emptied = ["grantTypes", "redirectUris", "tokenFields", "tokenAttributes", "otherDomains"];
    private static readonly string[] Unknown = ["expireInHours", "refreshExpireInHours", "cookieExpireInHours", "failedSigninLimit", "failedSigninFrozenTime"];
    public static readonly string[] Ours = ["tokenEndpointAuthMethod", "apiAccess", "jwksUri", "idTokenClaims", "jwks", "securityProfile", "firstSigninPolicy"];
    private static readonly string[] ShownCategories = ["OAuth", "Web3", "Captcha", "SAML", "Face ID"];
    private static readonly string[] NamedCategories = ["Email", "SMS"];

    private static readonly string[] ShownOfProvider = ["owner", "name", "createdTime", "displayName", "category", "type", "subType", "clientId", "customLogo"];

    private static readonly string[] MaskedOfOrganization =
    [
        "masterPassword", "defaultPassword", "masterVerificationCode", "passwordType", "passwordSalt", "passwordObfuscatorKey", "ipWhitelist",
        "kerberosRealm", "kerberosKdcHost", "kerberosKeytab", "kerberosServiceName",
    ];

    private static readonly string[] UnknownOfOrganization = ["orgBalance", "userBalance", "balanceCredit", "initScore"];

    public static JsonObject Of(JsonObject application)
    {
        Set(application, Masked, () => ObjectStore.Masked);
        Set(application, Off, () => false);
        Set(application, Emptied, () => new JsonArray());
        Set(application, Unknown, () => -1);
        // What the shape does not know a client put there for itself.
        foreach (var property in application.Select(p => p.Key).Where(p => !ObjectKinds.Application.Shape.Has(p) || Ours.Contains(p)).ToList())
        {
            application.Remove(property);
        }

        application["providers"] = new JsonArray([.. (application["providers"] as JsonArray ?? []).OfType<JsonObject>().Select(Reduced).OfType<JsonNode>()]);
        if (application["organizationObj"] is JsonObject organization)
        {
            Set(organization, MaskedOfOrganization, () => ObjectStore.Masked);
            Set(organization, UnknownOfOrganization, () => -1);
            organization["mfaItems"] = null;
            organization["accountItems"] = null;
        }

        return application;
    }

    /// <summary>What everybody may know of a provider.</summary>
    public static JsonObject OfProvider(JsonObject provider) =>
        new(ShownOfProvider.Select(property => KeyValuePair.Create(property, provider[property]?.DeepClone())));

    private static JsonObject? Reduced(JsonObject item)
    {
        var provider = item["provider"] as JsonObject;
        var category = provider is null ? "" : ObjectTarget.Text(provider, "category");
        if (NamedCategories.Contains(category))
        {
            return new JsonObject { ["name"] = item["name"]?.DeepClone(), ["rule"] = item["rule"]?.DeepClone(), ["provider"] = new JsonObject { ["category"] = category } };
        }

        if (!ShownCategories.Contains(category))
        {
            return null;
        }

        var reduced = (JsonObject)item.DeepClone();
        reduced["provider"] = OfProvider(provider!);
        return reduced;
    }

    private static void Set(JsonObject document, string[] properties, Func<JsonNode> value)
    {
        foreach (var property in properties)
        {
            document[property] = value();
        }
    }
}
