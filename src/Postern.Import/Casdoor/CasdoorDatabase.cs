using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Postern.Directory.Objects;
using Postern.Storage.Databases;

namespace Postern.Import.Casdoor;

/// <summary>
/// Casdoor's database while Casdoor may be running on it: pages by the primary key, so that no read is long and a million
/// users are never in memory at once.
/// </summary>
public sealed class CasdoorDatabase : ICasdoorSource
{
    private const int PageSize = 500;

    // Two values under one name cannot both be meant.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private static readonly string[] RuleColumns = ["ptype", "v0", "v1", "v2", "v3", "v4", "v5"];

    // What else Casdoor keeps and a section of its export, or of ours, has a name for.
    private static readonly (string Table, string Section)[] Others =
    [
        ("token", "tokens"), ("session", "sessions"), ("record", "records"), ("third_party_link", "third_party_links"),
        ("coupon_usage", "coupon_usages"), ("password_history", "password_histories"), ("webhook_event", "webhook_events"),
        ("radius_accounting", "radius_accountings"), ("verification_record", "verification_records"), ("consent", "consents"),
    ];

    private readonly SourceEngine engine;
    private readonly DbConnection connection;
    private readonly DbTransaction? snapshot;
    private readonly string prefix;
    private readonly HashSet<string> tables;
    private readonly SortedSet<string> unknown = new(StringComparer.Ordinal);

    private CasdoorDatabase(SourceAddress source, DbConnection connection, DbTransaction? snapshot, string prefix, HashSet<string> tables) =>
        (DisplayName, engine, this.connection, this.snapshot, this.prefix, this.tables) = (source.DisplayName, source.Engine, connection, snapshot, prefix, tables);

    public string DisplayName { get; }

    public IReadOnlyCollection<string> Unknown => unknown;

    /// <exception cref="StartRefusedException">It cannot be reached, or is not Casdoor's.</exception>
    public static async Task<CasdoorDatabase> OpenAsync(SourceAddress source)
    {
        var connection = await CasdoorConnection.OpenAsync(source);
        try
        {
            var snapshot = await SnapshotAsync(connection);
            var tables = (await connection.QueryAsync<string>(TablesOf(source.Engine), transaction: snapshot)).ToHashSet(StringComparer.Ordinal);
            return new CasdoorDatabase(source, connection, snapshot, PrefixOf(tables, source.DisplayName), tables);
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            throw StorageFailure.IsOne(e) ? CasdoorConnection.Refused(source.DisplayName, e) : e;
        }
    }

    public Task<long> CountAsync(ObjectKind kind) => CountAsync(kind.Name);

    public async IAsyncEnumerable<IReadOnlyList<JsonObject>> ReadAsync(ObjectKind kind)
    {
        if (!tables.Contains(prefix + kind.Name))
        {
            yield break;
        }

        // Compared and ordered by the server, in the columns' own collation: the primary key is unique in it, so no page skips a row.
        var (isOneColumn, owner, name) = (kind.NameProperty != "name", "", "");
        var (condition, order) = isOneColumn ? ($"{kind.NameProperty} > @name", kind.NameProperty) : (After, "owner, name");
        while (true)
        {
            var rows = (await QueryAsync($"select * from {Table(kind.Name)} where {condition} order by {order} limit {PageSize}", new { owner, name }))
                .Select(r => (IDictionary<string, object?>)r).ToList();
            if (rows.Count > 0)
            {
                (owner, name) = isOneColumn ? ("", Key(rows[^1], kind.NameProperty)) : (Key(rows[^1], "owner"), Key(rows[^1], "name"));
                yield return [.. rows.Select(r => Document(kind, r))];
            }

            if (rows.Count < PageSize)
            {
                yield break;
            }
        }
    }

    public async Task<SourceEntry?> FindAsync(ObjectKind kind, string owner, string name)
    {
        if (!tables.Contains(prefix + kind.Name))
        {
            return null;
        }

        // A collation may hold other capitals for equal.
        return (await QueryAsync($"select * from {Table(kind.Name)} where owner = @owner and name = @name", new { owner, name }))
            .Select(r => SourceEntry.Of(kind, Document(kind, (IDictionary<string, object?>)r))).FirstOrDefault(e => (e.Owner, e.Name) == (owner, name));
    }

    public async Task<IReadOnlyList<LeftSection>> LeftAsync()
    {
        var left = new List<LeftSection>();
        foreach (var (table, section) in Others)
        {
            if (await CountAsync(table) is > 0 and var count)
            {
                left.Add(new LeftSection(section, count));
            }
        }

        return left;
    }

    public async Task<IReadOnlyList<string[]>?> RulesAsync(SourceEntry adapter, int most)
    {
        var isOurs = adapter.Document["useSameDb"] is JsonValue value && value.GetValueKind() == JsonValueKind.True;
        if (!isOurs && ObjectTarget.Text(adapter.Document, "host").Length > 0)
        {
            return null;
        }

        var table = ObjectTarget.Text(adapter.Document, "table");
        // Rules that Casdoor derives from permissions, as we do.
        if (table == "permission_rule" || !tables.Contains(prefix + table))
        {
            return [];
        }

        var rules = new List<string[]>();
        foreach (var row in await QueryAsync($"select * from {Table(table)} order by 1 limit {most + 1}", null))
        {
            var columns = new Dictionary<string, object?>((IDictionary<string, object?>)row, StringComparer.OrdinalIgnoreCase);
            var line = RuleColumns.Select(c => Convert.ToString(columns.GetValueOrDefault(c), CultureInfo.InvariantCulture) ?? "").ToList();
            // Columns that the rule does not have are empty.
            rules.Add([.. line.Take(line.FindLastIndex(v => v.Length > 0) + 1)]);
        }

        return [.. rules.Where(r => r.Length > 1 && r[0].Length > 0)];
    }

    public async ValueTask DisposeAsync()
    {
        if (snapshot is not null)
        {
            await snapshot.DisposeAsync();
        }

        await connection.DisposeAsync();
    }

    /// <summary>Casdoor's <c>tableNamePrefix</c>.</summary>
    private static string PrefixOf(HashSet<string> tables, string displayName)
    {
        const string first = "organization";
        var prefixes = tables.Where(t => t.EndsWith(first, StringComparison.Ordinal)).Select(t => t[..^first.Length])
            .Where(p => tables.Contains(p + "application") && tables.Contains(p + "user")).ToList();
        return prefixes switch
        {
            [var one] => one,
            _ when prefixes.Contains("") => "",
            _ => throw new StartRefusedException($"The Casdoor database ({displayName}) has no tables of Casdoor's: name the database, or the schema in search_path, that Casdoor uses."),
        };
    }

    private JsonObject Document(ObjectKind kind, IDictionary<string, object?> row)
    {
        var document = new JsonObject();
        foreach (var (column, value) in row)
        {
            if (value is null or DBNull)
            {
                continue;
            }

            // Columns are the properties in small letters with underlines, and where they are not they differ in case only.
            var property = kind.Shape.NameOf(column.Replace("_", "", StringComparison.Ordinal));
            if (!kind.Shape.Has(property))
            {
                if (!IsZero(value))
                {
                    unknown.Add($"{kind.Name}.{column}");
                }

                continue;
            }

            document[property] = Node(kind.Shape.TypeOf(property), value);
        }

        return document;
    }

    /// <summary>A value that does not fit stays a text, which the kind's rules then refuse by name.</summary>
    private static JsonNode? Node(ColumnType type, object value)
    {
        var text = value switch
        {
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            bool flag => flag ? "true" : "false",
            DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        switch (type)
        {
            case ColumnType.Bool:
                // MySQL's boolean is a number, and true is every one but 0.
                return text is "true" or "t" || (value is sbyte && text != "0") || text == "1" ? true : text is "0" or "false" or "f" or "" ? false : text;
            case ColumnType.Whole:
                return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : text;
            case ColumnType.Fraction:
                return double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : text;
            case ColumnType.Json:
                return text.Length == 0 ? null : Parsed(text);
            default:
                return text;
        }
    }

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static bool IsZero(object value) => value switch
    {
        string text => text is "" or "null" or "[]" or "{}",
        bool flag => !flag,
        byte[] bytes => bytes.Length == 0,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) is "0" or "",
    };

    private static string Key(IDictionary<string, object?> row, string column) => Convert.ToString(row[column], CultureInfo.InvariantCulture) ?? "";

    /// <summary>MySQL compares a pair with every row of the table, and finds the place of this in its key; the others the reverse.</summary>
    private string After => engine == SourceEngine.MySql ? "(owner > @owner or (owner = @owner and name > @name))" : "(owner, name) > (@owner, @name)";

    /// <summary>Its name in quotes: order, group and key are words of SQL.</summary>
    private string Table(string table)
    {
        var quote = engine == SourceEngine.MySql ? "`" : "\"";
        return quote + (prefix + table).Replace(quote, quote + quote, StringComparison.Ordinal) + quote;
    }

    private static string TablesOf(SourceEngine engine) => engine switch
    {
        SourceEngine.Postgres => "select table_name from information_schema.tables where table_schema = current_schema()",
        SourceEngine.MySql => "select table_name from information_schema.tables where table_schema = database()",
        _ => "select name from sqlite_master where type = 'table'",
    };

    /// <summary>One moment of it, on a server. On SQLite it would keep Casdoor from writing for as long as the import takes.</summary>
    private static async Task<DbTransaction?> SnapshotAsync(DbConnection connection) => connection switch
    {
        MySqlConnection mysql => await mysql.BeginTransactionAsync(System.Data.IsolationLevel.Snapshot, isReadOnly: true),
        SqliteConnection => null,
        _ => await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead),
    };

    private async Task<long> CountAsync(string table) => tables.Contains(prefix + table)
        ? Convert.ToInt64(((IDictionary<string, object?>)(await QueryAsync($"select count(*) as total from {Table(table)}", null)).First())["total"], CultureInfo.InvariantCulture)
        : 0;

    private async Task<IEnumerable<dynamic>> QueryAsync(string sql, object? parameters)
    {
        try
        {
            return await connection.QueryAsync(sql, parameters, snapshot);
        }
        catch (Exception e) when (StorageFailure.IsOne(e))
        {
            throw CasdoorConnection.Refused(DisplayName, e);
        }
    }
}
