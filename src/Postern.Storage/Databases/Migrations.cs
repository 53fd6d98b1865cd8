using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;

namespace Postern.Storage.Databases;

/// <summary>Numbered .sql files, applied in order inside the start's transaction, with a table of what was applied.</summary>
public static partial class Migrations
{
    /// <param name="database">The database whose SQL dialect to use.</param>
    /// <param name="connection">Of the start.</param>
    /// <param name="transaction">Of the start.</param>
    /// <param name="clock">For the table of what was applied.</param>
    /// <param name="last">The last to apply; a test of an upgrade stops at an earlier one.</param>
    /// <returns>The numbers of those that were applied now.</returns>
    public static async Task<IReadOnlyList<long>> ApplyAsync(Database database, DbConnection connection, DbTransaction transaction, TimeProvider clock, long last = long.MaxValue)
    {
        await connection.ExecuteAsync(
            Write(database.Dialect, "create table if not exists schema_migrations (number bigint primary key, name $text not null, checksum $text not null, applied_time bigint not null)"),
            transaction: transaction);
        var applied = (await connection.QueryAsync<(long Number, string Checksum)>(
            "select number, checksum from schema_migrations order by number", transaction: transaction)).ToDictionary(m => m.Number, m => m.Checksum);
        var done = new List<long>();
        foreach (var (number, name, sql) in Files().Where(f => f.Number <= last))
        {
            var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
            if (applied.Remove(number, out var known))
            {
                if (known != checksum)
                {
                    throw new StartRefusedException($"The database was made by another version of migration {name}: use the version of Postern that made it, or restore a backup.");
                }

                continue;
            }

            await connection.ExecuteAsync(Write(database.Dialect, sql), transaction: transaction);
            done.Add(number);
            await connection.ExecuteAsync(
                "insert into schema_migrations (number, name, checksum, applied_time) values (@number, @name, @checksum, @now)",
                new { number, name, checksum, now = clock.GetUtcNow().ToUnixTimeMilliseconds() }, transaction);
        }

        if (applied.Count > 0)
        {
            throw new StartRefusedException("The database is newer than this version of Postern: start the newer version, or restore a backup.");
        }

        return done;
    }

    /// <summary>Whether all that this version has were applied, and none that it does not have.</summary>
    public static async Task<bool> IsCurrentAsync(DbConnection connection) =>
        (await connection.QueryAsync<long>("select number from schema_migrations")).Order().SequenceEqual(Files().Select(f => f.Number).Order());

    private static IEnumerable<(long Number, string Name, string Sql)> Files()
    {
        var assembly = typeof(Migrations).Assembly;
        const string folder = ".Databases.Migrations.";
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var name = resource[(resource.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return (long.Parse(name[..4], System.Globalization.CultureInfo.InvariantCulture), name, reader.ReadToEnd());
        }
    }

    private static string Write(Dialect dialect, string sql) => OfElements().Replace(OfProperty().Replace(
        Of(dialect, sql).Replace("$text", dialect.Text, StringComparison.Ordinal)
            .Replace("$bytes", dialect.Bytes, StringComparison.Ordinal)
            .Replace("$id", dialect.GrowingKey, StringComparison.Ordinal),
        dialect.Property), dialect.Elements);

    /// <summary>The text without the parts between <c>-- only</c> the other database and the next such line or <c>-- on both</c>.</summary>
    private static string Of(Dialect dialect, string sql)
    {
        var (kept, isOurs) = (new StringBuilder(), true);
        foreach (var line in sql.Split('\n'))
        {
            isOurs = line.StartsWith("-- only ", StringComparison.Ordinal) ? line[8..].TrimEnd() == dialect.Name : isOurs || line.TrimEnd() == "-- on both";
            if (isOurs)
            {
                kept.Append(line).Append('\n');
            }
        }

        return kept.ToString();
    }

    [GeneratedRegex(@"\$property\((\w+)\)")]
    private static partial Regex OfProperty();

    [GeneratedRegex(@"\$elements\((\w+)\)")]
    private static partial Regex OfElements();
}
