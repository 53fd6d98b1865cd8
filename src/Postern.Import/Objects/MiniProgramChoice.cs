using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Identities;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Import.Objects;

/// <summary>What the choice asks of an application.</summary>
internal sealed record SignupApplication(string Organization, bool IsShared, string Providers);

/// <summary>
/// Which identities at WeChat Casdoor's user claims. They say no Mini Program: it is the one that a sign-in to the user's
/// application would choose, and where that is not certain the user claims none.
/// </summary>
/// <param name="options">Whether demo providers count.</param>
/// <param name="application">An application by its name, or null.</param>
/// <param name="providers">The providers of these names that this organization may use.</param>
internal sealed class MiniProgramChoice(
    StorageOptions options, Func<string, Task<SignupApplication?>> application, Func<IReadOnlyList<string>, string, Task<IEnumerable<Provider>>> providers)
{
    private const string SandboxAppIds = "wxsandbox";

    private readonly Dictionary<(string Application, string Organization), Provider?> chosen = [];

    /// <returns>Empty where the user has none; null where the user has one and no Mini Program can be told.</returns>
    public async Task<IReadOnlyList<ExternalIdentity>?> ClaimsOfAsync(JsonObject user, string owner)
    {
        var properties = user["properties"] as JsonObject;
        var (openid, unionid) = (Text(properties?["wechatOpenId"]), Text(properties?["wechatUnionId"]));
        if (openid.Length == 0 && unionid.Length == 0)
        {
            openid = Text(user["wechat"]);
        }

        if (openid.Length == 0 && unionid.Length == 0)
        {
            return [];
        }

        if (await ChosenAsync(Text(user["signupApplication"]), owner) is not { ClientId.Length: > 0 } miniProgram)
        {
            return null;
        }

        var claims = new List<ExternalIdentity>(2);
        if (openid.Length > 0)
        {
            claims.Add(new ExternalIdentity(owner, ExternalIdentities.OpenId, miniProgram.ClientId, openid));
        }

        if (unionid.Length > 0)
        {
            claims.Add(new ExternalIdentity(owner, ExternalIdentities.UnionId, WeChatIdentity.OpenPlatform(miniProgram, owner), unionid));
        }

        return claims;
    }

    private async Task<Provider?> ChosenAsync(string name, string organization)
    {
        if (!chosen.TryGetValue((name, organization), out var provider))
        {
            chosen[(name, organization)] = provider = await ChooseAsync(name, organization);
        }

        return provider;
    }

    /// <summary>The one that a sign-in there would choose without being told: the first Mini Program, else the first WeChat.</summary>
    private async Task<Provider?> ChooseAsync(string name, string organization)
    {
        if (name.Length == 0 || await application(name) is not { } found || (found.Organization != organization && !found.IsShared))
        {
            return null;
        }

        var names = Names(found.Providers);
        if (names.Count == 0)
        {
            return null;
        }

        var usable = (await providers(names, found.Organization)).Where(IsUsable).ToDictionary(p => p.Name, StringComparer.Ordinal);
        var inOrder = names.Where(usable.ContainsKey).Select(n => usable[n]).ToList();
        return inOrder.Find(p => p.Type == Providers.WeChatMiniProgram) ?? inOrder.Find(p => p.Type == Providers.WeChat);
    }

    private bool IsUsable(Provider provider) =>
        options.HasSandbox || !(provider.IsDemo || provider.ClientId.StartsWith(SandboxAppIds, StringComparison.Ordinal));

    private static List<string> Names(string items) =>
    [
        .. (JsonNode.Parse(items) as JsonArray ?? []).OfType<JsonObject>()
            .Where(i => i["canSignIn"]?.GetValueKind() != JsonValueKind.False)
            .Select(i => Text(i["name"])).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal),
    ];

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text.Trim() : "";
}
