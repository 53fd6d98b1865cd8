using System.Data.Common;
using System.Text.Json;
using Dapper;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Identities;

/// <summary>
/// The user of a sign-in, and what must be written: read before the tokens are signed, written together with them.
/// </summary>
/// <param name="User">As it will be once the plan is written.</param>
/// <param name="IsNew">The plan creates the user.</param>
/// <param name="Links">Identities to add to the user.</param>
/// <param name="Conflict">Somebody else has the unionid: for an administrator to merge.</param>
public sealed record AccountPlan(User User, bool IsNew, IReadOnlyList<ExternalIdentity> Links, IdentityConflict? Conflict)
{
    /// <summary>The new user's name was sent by the client, not made from the openid.</summary>
    public bool HasChosenName { get; init; }

    /// <summary>The identity whose use is to be noted; null = it was noted lately.</summary>
    public ExternalIdentity? Used { get; init; }

    /// <summary>The sign-in brought a display name or an avatar that the user did not have.</summary>
    public bool HasNewProfile { get; init; }
}

/// <summary>The user who has the unionid that the openid's user brought, and the Open Platform account that issued it.</summary>
public sealed record IdentityConflict(string UserId, string Issuer);

/// <summary>One person, one account: find by openid, else by unionid; link what is new; else create.</summary>
public sealed class MiniProgramAccounts(Database database, TimeProvider clock)
{
    // A sign-in notes the use of its identity only where the last note is older: a list shows the day, and each note is a write.
    private const long UseIsNotedAfter = 3_600_000;

    /// <summary>Reads which user this is, and plans what a sign-in must write.</summary>
    /// <returns>Null where no user has the identity and none may be created.</returns>
    public Task<AccountPlan?> PlanAsync(
        WeChatIdentity identity, SigninProfile profile, string? username, Application application, bool mayCreate, string address, CancellationToken cancel) =>
        database.ReadAsync(async connection =>
        {
            var byOpenId = await Users.FindByIdentityAsync(connection, identity.OpenId);
            var byUnionId = identity.UnionId is { } unionid ? await Users.FindByIdentityAsync(connection, unionid) : null;
            if (byOpenId is not null)
            {
                // unionid arrives only once the Mini Program joins an Open Platform account, so it is linked late.
                List<ExternalIdentity> links =
                    byUnionId is null && identity.UnionId is { } late && !await UnboundIdentities.HasAsync(connection, late, byOpenId.Id) ? [late] : [];
                return Returning(byOpenId, links, ConflictOf(byOpenId.Id), profile, address) with { Used = IsDue(byOpenId) ? identity.OpenId : null };
            }

            if (byUnionId is not null && await MayLinkAsync(connection, identity.OpenId, byUnionId.Id))
            {
                return Returning(byUnionId, [identity.OpenId], null, profile, address);
            }

            if (!mayCreate)
            {
                return null;
            }

            var name = await FreeNameAsync(connection, application.Organization, UserNames.Wanted(profile.Nickname.Length == 0 ? null : username, identity.OpenId.Subject), identity.OpenId.Subject);
            var user = NewUser(name, profile, application, address);
            return new AccountPlan(
                user, true, identity.UnionId is { } first && byUnionId is null ? [identity.OpenId, first] : [identity.OpenId], ConflictOf(user.Id))
            {
                HasChosenName = !name.StartsWith(UserNames.WeChatPrefix, StringComparison.OrdinalIgnoreCase),
            };

            IdentityConflict? ConflictOf(string userId) => byUnionId is { } other && other.Id != userId ? new(other.Id, identity.UnionId!.Issuer) : null;
        }, cancel);

    /// <summary>
    /// Whether the unionid's user gets the openid. Not where the user unbound it; and not where the user has another openid of the same Mini
    /// Program: a person has one there, so these are two persons.
    /// </summary>
    private static async Task<bool> MayLinkAsync(DbConnection connection, ExternalIdentity openId, string userId) =>
        !await ExternalIdentities.HasAsync(connection, userId, openId.Kind, openId.Issuer) && !await UnboundIdentities.HasAsync(connection, openId, userId);

    private bool IsDue(User user) => (user.IdentityUsedTime ?? 0) + UseIsNotedAfter < clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The same for the user that an earlier presentation of this code signed in.</summary>
    public Task<Outcome<AccountPlan>> PlanAgainAsync(string userId, SigninProfile profile, string address, CancellationToken cancel) =>
        database.ReadAsync<Outcome<AccountPlan>>(async connection =>
            await Users.FindByIdAsync(connection, userId) is { } known
                ? Returning(known, [], null, profile, address)
                : OAuthError.InvalidGrant("the code has been used: call wx.login again", "登录凭证已被使用，请重新调用 wx.login"), cancel);

    /// <summary>Writes the plan; false where what was read no longer holds, and then nothing of it may stay.</summary>
    public async Task<bool> WriteAsync(AccountPlan plan, DbConnection connection, DbTransaction transaction)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var stands = plan.IsNew
            ? await Users.AddAsync(connection, plan.User, plan.HasChosenName, transaction)
            : await Users.NoteSigninAsync(connection, plan.User, plan.HasNewProfile, transaction);
        if (!stands)
        {
            return false;
        }

        foreach (var link in plan.Links)
        {
            if (!await ExternalIdentities.AddAsync(connection, link, plan.User.Id, now, transaction, isUsed: true))
            {
                return false;
            }
        }

        if (plan.Used is { } used)
        {
            await ExternalIdentities.UseAsync(connection, used, now, transaction);
        }

        if (plan.Conflict is { } conflict)
        {
            await connection.ExecuteAsync(
                """
                insert into identity_conflicts (organization_id, openid_user, unionid_user, issuer, created_time)
                values (@OrganizationId, @Id, @UserId, @Issuer, @now) on conflict do nothing
                """, new { plan.User.OrganizationId, plan.User.Id, conflict.UserId, conflict.Issuer, now }, transaction);
        }

        return true;
    }

    /// <summary>Also of a user who may not sign in: the gate refuses that before the plan is written.</summary>
    private AccountPlan Returning(User known, List<ExternalIdentity> links, IdentityConflict? conflict, SigninProfile profile, string address)
    {
        var (displayName, avatar) = (known.DisplayName, known.Avatar);
        // Mirrors Users.NoteSigninAsync: the token must say what the row will.
        if (profile.Nickname.Length > 0 && (known.DisplayName.Length == 0 || known.DisplayNameBySignin))
        {
            (known.DisplayName, known.DisplayNameBySignin) = (profile.Nickname, true);
        }

        if (profile.Avatar.Length > 0 && (known.Avatar.Length == 0 || known.AvatarBySignin))
        {
            (known.Avatar, known.AvatarBySignin) = (profile.Avatar, true);
        }

        known.LastSigninTime = clock.GetUtcNow().ToUnixTimeMilliseconds();
        known.LastSigninIp = address;
        return new AccountPlan(known, false, links, conflict) { HasNewProfile = known.DisplayName != displayName || known.Avatar != avatar };
    }

    private User NewUser(string name, SigninProfile profile, Application application, string address)
    {
        var now = clock.GetUtcNow();
        return new User
        {
            Id = Guid.CreateVersion7(now).ToString(),
            Owner = application.Organization,
            OrganizationId = application.OrganizationId,
            Name = name,
            CreatedTime = now.ToUnixTimeMilliseconds(),
            UpdatedTime = now.ToUnixTimeMilliseconds(),
            Type = "normal-user",
            DisplayName = profile.Nickname,
            DisplayNameBySignin = profile.Nickname.Length > 0,
            // The organization's picture is nobody's choice: the first one that a sign-in brings replaces it.
            Avatar = profile.Avatar.Length > 0 ? profile.Avatar : application.OrganizationDefaultAvatar,
            AvatarBySignin = profile.Avatar.Length > 0 || application.OrganizationDefaultAvatar.Length > 0,
            SignupApplication = application.Name,
            LastSigninTime = now.ToUnixTimeMilliseconds(),
            LastSigninIp = address,
            IsDemo = application.IsDemo,
            Body = $$"""{"registerType":"Application Signup","registerSource":"{{JsonEncodedText.Encode($"{application.Organization}/{application.Name}")}}"}""",
        };
    }

    /// <summary>A name that is taken, or in use otherwise, never fails a sign-in.</summary>
    private static async Task<string> FreeNameAsync(DbConnection connection, string organization, string wanted, string openid)
    {
        string[] candidates = [wanted, UserNames.OfOpenId(openid)];
        var parameters = UserNamesInUse.Parameters(organization, wanted);
        parameters.Add("Fallback", candidates[1]);
        var isChosen = wanted != candidates[1];
        var taken = (await connection.QueryAsync<string>(
            "select name from users where owner = @Owner and (name = @Name or name = @Fallback)"
                + (isChosen ? $" union all select @Name from organizations where name = @Owner and {UserNamesInUse.Condition}" : ""), parameters)).ToHashSet(StringComparer.Ordinal);
        return candidates.FirstOrDefault(c => !taken.Contains(c))
            ?? $"{UserNames.OfOpenId(openid)}-{Guid.NewGuid().ToString("N")[..8]}";
    }
}
