using Dapper;
using Microsoft.Data.Sqlite;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>Who claims an identity.</summary>
public sealed record Claim(ExternalIdentity Identity, string UserId, string User);

/// <summary>
/// What a run must remember of a million users: in a private file of SQLite's that nobody else sees and that is gone with the
/// run, because they would not fit into memory beside everything else.
/// </summary>
public sealed class Scratch : IAsyncDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteTransaction transaction;

    private Scratch(SqliteConnection connection, SqliteTransaction transaction) => (this.connection, this.transaction) = (connection, transaction);

    public static async Task<Scratch> OpenAsync()
    {
        // No name: a temporary file.
        var connection = new SqliteConnection("Data Source=;Pooling=false");
        await connection.OpenAsync();
        await connection.ExecuteAsync(
            """
            create table seen (scope text not null, value text not null, primary key (scope, value)) without rowid;
            create table sign_in_names (owner text not null, kind text not null, form text not null, path text not null, primary key (owner, kind, form, path)) without rowid;
            create table claims (organization text not null, kind text not null, issuer text not null, subject text not null, user_id text not null, user text not null);
            """);
        return new Scratch(connection, connection.BeginTransaction());
    }

    /// <summary>False where the value was added before.</summary>
    public bool Add(string scope, string value) =>
        connection.Execute("insert into seen (scope, value) values (@scope, @value) on conflict do nothing", new { scope, value }, transaction) == 1;

    public bool Has(string scope, string value) =>
        connection.ExecuteScalar<long>("select count(*) from seen where scope = @scope and value = @value", new { scope, value }, transaction) > 0;

    /// <summary>A user signs in by what has this form.</summary>
    public void AddSignInName(string owner, string kind, string form, string path) => connection.Execute(
        "insert into sign_in_names (owner, kind, form, path) values (@owner, @kind, @form, @path) on conflict do nothing", new { owner, kind, form, path }, transaction);

    /// <summary>What several users would sign in by: its kind, and their paths.</summary>
    public IEnumerable<(string Kind, string Paths)> SharedSignInNames() => connection.Query<(string, string)>(
        """
        select kind, group_concat(path, ', ') from (select owner, kind, form, path from sign_in_names order by owner, kind, form, path)
        group by owner, kind, form having count(*) > 1 order by owner, kind, form
        """, transaction: transaction, buffered: false);

    public void Add(Claim claim) => connection.Execute(
        "insert into claims (organization, kind, issuer, subject, user_id, user) values (@Organization, @Kind, @Issuer, @Subject, @UserId, @User)",
        new { Organization = claim.Identity.OrganizationId, claim.Identity.Kind, claim.Identity.Issuer, claim.Identity.Subject, claim.UserId, claim.User }, transaction);

    public long CountClaims() => connection.ExecuteScalar<long>("select count(*) from claims", transaction: transaction);

    /// <summary>All claims, those of one identity together.</summary>
    public IEnumerable<IReadOnlyList<Claim>> Claims()
    {
        var together = new List<Claim>();
        foreach (var claim in connection.Query<(string Organization, string Kind, string Issuer, string Subject, string UserId, string User)>(
            "select organization, kind, issuer, subject, user_id, user from claims order by organization, kind, issuer, subject, user", transaction: transaction, buffered: false)
            .Select(c => new Claim(new ExternalIdentity(c.Organization, c.Kind, c.Issuer, c.Subject), c.UserId, c.User)))
        {
            if (together.Count > 0 && together[0].Identity != claim.Identity)
            {
                yield return together;
                together = [];
            }

            together.Add(claim);
        }

        if (together.Count > 0)
        {
            yield return together;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
