using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.Server.FirstStart;

/// <summary>The objects of a new installation, without its fixed key, password, e-mail address and telephone.</summary>
internal static class FirstObjects
{
    public static JsonObject Organization() => Parse(
        $$"""
        {
          "owner": "admin", "name": "{{Organizations.BuiltIn}}", "displayName": "Built-in Organization", "websiteUrl": "https://example.com",
          "favicon": "https://cdn.casbin.org/img/casbin/favicon.ico", "passwordType": "bcrypt", "passwordOptions": ["AtLeast6"],
          "countryCodes": ["US", "ES", "FR", "DE", "GB", "CN", "JP", "KR", "VN", "ID", "SG", "IN"],
          "defaultAvatar": "https://cdn.casbin.org/img/casbin.svg", "defaultTokenFormat": "JWT",
          "languages": ["en", "es", "fr", "de", "ja", "zh", "vi", "pt", "tr", "pl", "uk"],
          "userTypes": [], "tags": [], "initScore": 2000, "isProfilePublic": false, "enableTour": true, "dcrPolicy": "disabled"
        }
        """);

    public static JsonObject Administrator(string password)
    {
        var admin = Parse(
            $$"""
            {
              "owner": "{{Organizations.BuiltIn}}", "name": "{{Users.AdministratorName}}", "type": "normal-user", "displayName": "Admin", "countryCode": "US",
              "address": [], "affiliation": "Example Inc.", "tag": "staff", "properties": {}, "score": 2000, "ranking": 1, "isAdmin": true,
              "signupApplication": "{{Applications.BuiltIn}}", "registerType": "Add User",
              "registerSource": "{{Organizations.BuiltIn}}/{{Users.AdministratorName}}", "createdIp": "127.0.0.1"
            }
            """);
        admin["password"] = password;
        return admin;
    }

    public static JsonObject Cert() => Parse(
        $$"""
        {
          "owner": "admin", "name": "{{Certs.BuiltIn}}", "displayName": "Built-in Cert", "scope": "JWT", "type": "x509",
          "cryptoAlgorithm": "RS256", "bitSize": 2048, "expireInYears": 20
        }
        """);

    public static IEnumerable<JsonObject> Providers() =>
    [
        Provider("provider_captcha_default", "Captcha Default", "Captcha", "Default"),
        Provider("provider_balance", "Balance", "Payment", "Balance"),
        Provider("provider_payment_dummy", "Dummy Payment", "Payment", "Dummy"),
    ];

    public static JsonObject Application()
    {
        var application = Parse(
            $$"""
            {
              "owner": "admin", "name": "{{Applications.BuiltIn}}", "displayName": "Postern", "category": "Default", "type": "All",
              "organization": "{{Organizations.BuiltIn}}", "cert": "{{Certs.BuiltIn}}", "enablePassword": true, "enableSignUp": true,
              "providers": [{ "owner": "", "name": "provider_captcha_default", "canSignUp": false, "canSignIn": false, "canUnlink": false, "prompted": false, "signupGroup": "", "rule": "None", "bindingRule": null, "countryCodes": null }],
              "signinMethods": [
                { "name": "Password", "displayName": "Password", "rule": "All" },
                { "name": "Verification code", "displayName": "Verification code", "rule": "All" },
                { "name": "WebAuthn", "displayName": "WebAuthn", "rule": "None" },
                { "name": "Face ID", "displayName": "Face ID", "rule": "None" }
              ],
              "redirectUris": [], "tokenFormat": "JWT", "expireInHours": 168, "refreshExpireInHours": 0, "cookieExpireInHours": 720, "formOffset": 2
            }
            """);
        application["signupItems"] = new JsonArray(
        [
            SigninDefaults.SignupItem("ID", "Random", isVisible: false),
            SigninDefaults.SignupItem("Username"),
            SigninDefaults.SignupItem("Display name"),
            SigninDefaults.SignupItem("Password"),
            SigninDefaults.SignupItem("Confirm password"),
            SigninDefaults.SignupItem("Email", "Normal"),
            SigninDefaults.SignupItem("Phone"),
            SigninDefaults.SignupItem("Agreement"),
            SigninDefaults.SignupItem("Languages", isRequired: false),
        ]);
        return application;
    }

    private static JsonObject Provider(string name, string displayName, string category, string type) => new()
    {
        ["owner"] = "admin",
        ["name"] = name,
        ["displayName"] = displayName,
        ["category"] = category,
        ["type"] = type,
    };

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
