using System.Data.Common;
using Postern.Directory.Identities;
using Postern.Import.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Import.InitData;

/// <summary>
/// Which imported user has which identity at WeChat. An identity opens an account, so an uncertain one is imported for no user.
/// </summary>
internal sealed class ImportedIdentities(StorageOptions options, DbConnection connection, DbTransaction transaction)
{
    private readonly List<(ExternalIdentity Identity, string UserId, string User)> claims = [];
    private readonly List<string> undecided = [];
    private readonly MiniProgramChoice choice = new(
        options,
        async name => await Applications.FindAsync(connection, name) is { } found ? new SignupApplication(found.Organization, found.IsShared, found.Providers) : null,
        (names, organization) => Providers.FindOfAsync(connection, names, organization));

    public async Task ClaimAsync(InitEntry user, string userId)
    {
        var title = $"{user.Owner}/{user.Name}";
        if (await choice.ClaimsOfAsync(user.Document, user.Owner) is { } found)
        {
            claims.AddRange(found.Select(identity => (identity, userId, title)));
        }
        else
        {
            undecided.Add(title);
        }
    }

    public async Task WriteAsync(long now, ICollection<string> warnings)
    {
        var contested = new List<(string User, string Kind)>();
        foreach (var claim in claims.GroupBy(c => c.Identity))
        {
            if (claim.Count() > 1)
            {
                contested.AddRange(claim.Select(c => (c.User, c.Identity.Kind)));
            }
            else if (!await ExternalIdentities.AddAsync(connection, await WeChatIdentity.ResolveAsync(connection, claim.Key), claim.First().UserId, now, transaction))
            {
                contested.Add((claim.First().User, claim.Key.Kind));
            }
        }

        var all = claims.CountBy(c => c.User).ToDictionary(StringComparer.Ordinal);
        Warn(undecided, "no Mini Program can be told from their signupApplication");
        Warn([.. contested.GroupBy(c => c.User).Select(Title)], "another user claims the same one");

        // Of a user who keeps another identity: the one that was lost.
        string Title(IGrouping<string, (string User, string Kind)> lost) =>
            lost.Count() == all[lost.Key] ? lost.Key : $"{lost.Key} ({string.Join(", ", lost.Select(l => l.Kind))})";

        // Users by name: an openid in a log is one that somebody may try.
        void Warn(List<string> users, string reason)
        {
            if (users.Count > 0)
            {
                warnings.Add($"WeChat identities of these users were not taken, because {reason}: {string.Join(", ", users.Distinct())}.");
            }
        }
    }
}
