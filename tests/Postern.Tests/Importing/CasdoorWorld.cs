using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;

namespace Postern.Tests.Importing;

/// <summary>What a Casdoor keeps: two organizations, people of every sort, and one object of every other kind as it was recorded.</summary>
internal sealed class CasdoorWorld
{
    public const string Secret = "canary-client-secret";
    public const string Password = "canary-password";

    private static readonly string[] OwnKinds = ["organization", "application", "provider", "cert", "user", "group", "role", "permission", "model", "adapter", "enforcer"];

    private CasdoorWorld(SandboxApp miniProgram, JsonObject sections) => (MiniProgram, Sections) = (miniProgram, sections);

    public SandboxApp MiniProgram { get; }

    /// <summary>As in the export.</summary>
    public JsonObject Sections { get; }

    public JsonArray this[string section] => (JsonArray)Sections[section]!;

    public JsonObject User(string name) => this["users"].OfType<JsonObject>().Single(u => u["name"]!.GetValue<string>() == name);

    /// <param name="server">Whose simulated WeChat knows its people.</param>
    public static async Task<CasdoorWorld> NewAsync(TestServer server)
    {
        var app = new SandboxApp { AppId = "wxsandboximport", AppSecret = "canary-app-secret", OpenPlatform = "platform-import" };
        server.WeChat.Register(app);
        var sections = new JsonObject();
        foreach (var kind in ObjectKinds.All.Where(k => !OwnKinds.Contains(k.Name)))
        {
            sections[kind.Plural] = new JsonArray(await RecordedAsync(kind));
        }

        Fill(sections, app, await OpenIdAsync(server, app, "mei"));
        return new CasdoorWorld(app, sections);
    }

    public string WriteFile(string folder)
    {
        var path = Path.Combine(folder, "init_data.json");
        File.WriteAllText(path, Sections.ToJsonString());
        return path;
    }

    private static void Fill(JsonObject sections, SandboxApp app, string openid)
    {
        sections["organizations"] = Parsed("""[{"owner": "admin", "name": "tea", "displayName": "Tea", "passwordType": "salt"}, {"owner": "admin", "name": "coffee"}, {"owner": "admin", "name": "built-in"}]""");
        sections["providers"] = new JsonArray(new JsonObject
        {
            ["owner"] = "admin", ["name"] = "tea-mini", ["category"] = "OAuth", ["type"] = "WeChatMiniProgram", ["clientId"] = app.AppId, ["clientSecret"] = app.AppSecret,
        });
        sections["certs"] = new JsonArray(Cert("tea", "tea-cert"), Cert("admin", "house-cert"));
        sections["applications"] = Parsed(
            $$"""
            [
              {"owner": "admin", "name": "tea-app", "organization": "tea", "clientId": "tea-client", "clientSecret": "{{Secret}}", "cert": "tea-cert", "enablePassword": true,
               "enableSignUp": true, "grantTypes": ["authorization_code", "password"], "providers": [{"owner": "admin", "name": "tea-mini", "canSignIn": true, "provider": {"clientSecret": "***"} } ]},
              {"owner": "admin", "name": "house-app", "organization": "coffee", "clientId": "house-client", "clientSecret": "canary-house", "cert": "house-cert", "providers": null}
            ]
            """);
        sections["groups"] = Parsed("""[{"owner": "tea", "name": "staff", "displayName": "Staff", "isTopGroup": true, "parentId": "tea", "isEnabled": true}]""");
        sections["roles"] = Parsed("""[{"owner": "tea", "name": "baker", "users": ["tea/mei"], "groups": [], "roles": [], "isEnabled": true}]""");
        sections["permissions"] = Parsed(
            """[{"owner": "tea", "name": "ovens", "users": [], "roles": ["tea/baker"], "resources": ["oven"], "actions": ["Read"], "effect": "Allow", "isEnabled": true, "state": "Approved"}]""");
        sections["models"] = new JsonArray(new JsonObject
        {
            ["owner"] = "tea", ["name"] = "plain",
            ["modelText"] = "[request_definition]\nr = sub, obj, act\n\n[policy_definition]\np = sub, obj, act\n\n[policy_effect]\ne = some(where (p.eft == allow))\n\n[matchers]\nm = r.sub == p.sub && r.obj == p.obj && r.act == p.act\n",
        });
        sections["adapters"] = Parsed("""[{"owner": "tea", "name": "rules", "table": "casbin_tea_rule", "useSameDb": true, "host": "ignored", "port": 3306}]""");
        sections["enforcers"] = Parsed("""[{"owner": "tea", "name": "gate", "model": "tea/plain", "adapter": "tea/rules"}]""");
        sections["enforcerPolicies"] = Parsed("""{"tea/gate": [["mei", "oven", "open"], ["mei", "oven", "close"]]}""");
        sections["tokens"] = Parsed("""[{"owner": "admin", "name": "t1", "accessToken": "canary-token"}]""");
        sections["sessions"] = Parsed("""[{"owner": "tea", "name": "mei", "application": "tea-app", "sessionId": ["canary-session"]}]""");
        sections["users"] = Users(openid);
    }

    private static JsonNode Users(string openid) => Parsed(
        $$"""
        [
          {"owner": "built-in", "name": "admin", "id": "casdoor-admin", "password": "123", "passwordType": "plain", "isAdmin": true},
          {"owner": "coffee", "name": "bob", "id": "id-of-mei", "displayName": "Bob"},
          {"owner": "milk", "name": "lost", "id": "id-of-lost"},
          {"owner": "tea", "name": "mei", "id": "id-of-mei-too", "password": "{{Sha256(Password)}}", "passwordType": "salt", "displayName": "小美", "email": "mei@example.com",
           "signupApplication": "tea-app", "groups": ["tea/staff"], "score": 7, "balance": 1.5, "address": ["1 Tea Street"], "isAdmin": true, "createdTime": "2024-02-03T04:05:06+08:00",
           "properties": {"wechatOpenId": "{{openid}}", "shoe": "38"}, "webauthnCredentials": [{"ID": "abc"}], "totpSecret": "canary-totp", "hash": "canary-hash"},
          {"owner": "tea", "name": "odd", "id": "id-of-odd", "password": "canary-odd", "passwordType": "md4"},
          {"owner": "tea", "name": "plain", "id": "id-of-plain", "password": "{{Password}}", "passwordType": "plain"},
          {"owner": "tea", "name": "twin-a", "id": "id-of-mei", "signupApplication": "tea-app", "wechat": "canary-twin"},
          {"owner": "tea", "name": "twin-b", "id": "id-of-twin-b", "signupApplication": "tea-app", "wechat": "canary-twin"},
          {"owner": "tea", "name": "vague", "id": "id-of-vague", "wechat": "canary-vague"}
        ]
        """);

    private static async Task<JsonObject> RecordedAsync(ObjectKind kind)
    {
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Golden.Path($"objects/{kind.Name}.json")))!;
        // Two kinds were not to be read back under their name.
        var recorded = (golden["get"]!["body"]!["data"] ?? golden["add"]!["body"]!).DeepClone().AsObject();
        recorded["owner"] = "tea";
        if (kind.Shape.Has("organization"))
        {
            recorded["organization"] = "tea";
        }

        recorded[kind.NameProperty] = "probe";
        return recorded;
    }

    private static JsonObject Cert(string owner, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2046, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return new JsonObject
        {
            ["owner"] = owner, ["name"] = name, ["scope"] = "JWT", ["type"] = "x509", ["cryptoAlgorithm"] = "ES256", ["bitSize"] = 256, ["expireInYears"] = 20,
            ["certificate"] = certificate.ExportCertificatePem(), ["privateKey"] = key.ExportPkcs8PrivateKeyPem(),
        };
    }

    /// <summary>Asked of WeChat, as any server asks it.</summary>
    private static async Task<string> OpenIdAsync(TestServer server, SandboxApp app, string persona)
    {
        using var http = new HttpClient();
        var answer = await http.GetStringAsync(new Uri(server.WeChat.BaseUri, $"/sns/jscode2session?appid={app.AppId}&secret={app.AppSecret}&js_code={server.WeChat.MintCode(app.AppId, persona)}&grant_type=authorization_code"));
        return JsonNode.Parse(answer)!["openid"]!.GetValue<string>();
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static JsonNode Parsed(string json) => JsonNode.Parse(json)!;
}
