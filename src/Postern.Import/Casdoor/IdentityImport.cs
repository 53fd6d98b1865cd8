using System.Globalization;
using Dapper;
using Postern.Directory.Identities;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>Gives each identity to the one user who claims it. It opens an account, so one that two claim goes to nobody, and none is moved.</summary>
internal sealed class IdentityImport(Database database, Scratch scratch, bool apply, ImportReport report, Progress progress, TimeProvider clock)
{
    private const int PageSize = 250;

    public async Task RunAsync()
    {
        if (scratch.CountClaims() is not (> 0 and var total))
        {
            return;
        }

        progress.Begin("WeChat identities", total);
        var count = report.Section("WeChat identities");
        foreach (var page in scratch.Claims().Chunk(PageSize))
        {
            var owners = await OwnersAsync([.. page.Select(p => p[0].Identity)]);
            var wanted = page.Where(p => p.Count == 1 && !owners.ContainsKey(p[0].Identity)).Select(p => p[0]).ToList();
            var lost = apply && wanted.Count > 0 ? await WriteAsync(wanted) : [];
            foreach (var claims in page)
            {
                var owner = owners.GetValueOrDefault(claims[0].Identity);
                foreach (var claim in claims)
                {
                    count.Read++;
                    if (claim.UserId == owner)
                    {
                        count.There++;
                    }
                    else if (owner is null && claims.Count == 1 && !lost.Contains(claim.Identity))
                    {
                        count.Taken++;
                    }
                    else
                    {
                        count.NotTaken++;
                        // By name and kind: an openid in a report is one that somebody may try.
                        report.Add(Finding.Contested, string.Create(CultureInfo.InvariantCulture, $"{claim.User} ({claim.Identity.Kind})"));
                    }
                }
            }

            progress.Advance(page.Sum(p => p.Count));
        }
    }

    private async Task<Dictionary<ExternalIdentity, string>> OwnersAsync(IReadOnlyList<ExternalIdentity> identities) => await database.ReadAsync(async connection =>
    {
        var organizations = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in identities.Select(i => i.OrganizationId).Distinct(StringComparer.Ordinal))
        {
            organizations[name] = await Organizations.IdOfAsync(connection, name);
        }

        var named = identities.ToDictionary(i => WeChatIdentity.Resolve(i, organizations[i.OrganizationId]));

        var parameters = new DynamicParameters();
        var rows = await connection.QueryAsync<(string OrganizationId, string Kind, string Issuer, string Subject, string UserId)>(
            $"""
            select organization_id, kind, issuer, subject, user_id from external_identities
            where organization_id in {parameters.AddList("o", named.Keys.Select(i => i.OrganizationId).Distinct(StringComparer.Ordinal))}
              and kind in ('openid', 'unionid')
              and issuer in {parameters.AddList("i", named.Keys.Select(i => i.Issuer).Distinct(StringComparer.Ordinal))}
              and subject in {parameters.AddList("s", named.Keys.Select(i => i.Subject).Distinct(StringComparer.Ordinal))}
            """, parameters);
        return rows.Where(r => named.ContainsKey(new(r.OrganizationId, r.Kind, r.Issuer, r.Subject)))
            .ToDictionary(r => named[new(r.OrganizationId, r.Kind, r.Issuer, r.Subject)], r => r.UserId);
    });

    private Task<HashSet<ExternalIdentity>> WriteAsync(IReadOnlyList<Claim> claims)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return database.WriteAsync(async (connection, transaction) =>
        {
            var lost = new HashSet<ExternalIdentity>();
            foreach (var claim in claims)
            {
                if (!await AddAsync(connection, transaction, claim, now))
                {
                    lost.Add(claim.Identity);
                }
            }

            return Written.Commit(lost);
        });
    }

    /// <summary>The user may have been deleted since the import took it.</summary>
    private static async Task<bool> AddAsync(System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction transaction, Claim claim, long now) =>
        await connection.ExecuteAsync("update users set updated_time = updated_time where id = @UserId", new { claim.UserId }, transaction) == 1
        && await ExternalIdentities.AddAsync(connection, await WeChatIdentity.ResolveAsync(connection, claim.Identity), claim.UserId, now, transaction);
}
