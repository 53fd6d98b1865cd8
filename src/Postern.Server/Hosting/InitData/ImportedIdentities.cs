using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Server.Data;
using Postern.Server.Identities;

namespace Postern.Server.Hosting.InitData;

/// <summary>
/// Who of the imported users is whom at WeChat. An identity opens an account, so one that is not certain goes to nobody.
/// </summary>
internal sealed class ImportedIdentities(PosternOptions options, DbConnection connection, DbTransaction transaction)
{
    private const string SandboxAppIds = "wxsandbox";

    private readonly List<(ExternalIdentity Identity, string UserId, string User)> claims = [];
    private readonly List<string> undecided = [];
    private readonly Dictionary<(string Application, string Organization), Provider?> miniPrograms = [];

    public async Task ClaimAsync(InitEntry user, string userId)
    {
        var properties = user.Document["properties"] as JsonObject;
        var (openid, unionid) = (Text(properties?["wechatOpenId"]), Text(properties?["wechatUnionId"]));
        if (openid.Length == 0 && unionid.Length == 0)
        {
            openid = Text(user.Document["wechat"]);
        }

        if (openid.Length == 0 && unionid.Length == 0)
        {
            return;
        }

        var title = $"{user.Owner}/{user.Name}";
        if (await MiniProgramAsync(Text(user.Document["signupApplication"]), user.Owner) is not { ClientId.Length: > 0 } miniProgram)
        {
            undecided.Add(title);
            return;
        }

        if (openid.Length > 0)
        {
            claims.Add((new ExternalIdentity(user.Owner, ExternalIdentities.OpenId, miniProgram.ClientId, openid), userId, title));
        }

        if (unionid.Length > 0)
        {
            claims.Add((new ExternalIdentity(user.Owner, ExternalIdentities.UnionId, WeChatIdentity.OpenPlatform(miniProgram, user.Owner), unionid), userId, title));
        }
    }

    public async Task WriteAsync(long now, StartReport report)
    {
        var contested = new List<(string User, string Kind)>();
        foreach (var claim in claims.GroupBy(c => c.Identity))
        {
            if (claim.Count() > 1)
            {
                contested.AddRange(claim.Select(c => (c.User, c.Identity.Kind)));
            }
            else if (!await ExternalIdentities.AddAsync(connection, claim.Key, claim.First().UserId, now, transaction))
            {
                contested.Add((claim.First().User, claim.Key.Kind));
            }
        }

        var all = claims.CountBy(c => c.User).ToDictionary(StringComparer.Ordinal);
        Warn(undecided, "no Mini Program can be told from their signupApplication");
        Warn([.. contested.GroupBy(c => c.User).Select(Title)], "another user claims the same one");

        // Of one who keeps another identity, which he lost.
        string Title(IGrouping<string, (string User, string Kind)> lost) =>
            lost.Count() == all[lost.Key] ? lost.Key : $"{lost.Key} ({string.Join(", ", lost.Select(l => l.Kind))})";

        // Users by name: an openid in a log is one that somebody may try.
        void Warn(List<string> users, string reason)
        {
            if (users.Count > 0)
            {
                report.Warnings.Add($"WeChat identities of these users were not taken, because {reason}: {string.Join(", ", users.Distinct())}.");
            }
        }
    }

    private async Task<Provider?> MiniProgramAsync(string application, string organization)
    {
        if (!miniPrograms.TryGetValue((application, organization), out var chosen))
        {
            miniPrograms[(application, organization)] = chosen = await ChooseAsync(application, organization);
        }

        return chosen;
    }

    /// <summary>The one that a sign-in there would choose without being told: the first Mini Program, else the first WeChat.</summary>
    private async Task<Provider?> ChooseAsync(string name, string organization)
    {
        if (name.Length == 0 || await Applications.FindAsync(connection, name) is not { } application
            || (application.Organization != organization && !application.IsShared))
        {
            return null;
        }

        var names = Names(application.Providers);
        if (names.Count == 0)
        {
            return null;
        }

        var found = (await Providers.FindAsync(connection, names, application.Organization)).Where(IsUsable).ToDictionary(p => p.Name, StringComparer.Ordinal);
        var inOrder = names.Where(found.ContainsKey).Select(n => found[n]).ToList();
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
