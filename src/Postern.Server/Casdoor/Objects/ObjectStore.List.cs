using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Server.Casdoor.Kinds;

namespace Postern.Server.Casdoor.Objects;

/// <summary>
/// What a list asks for (contract 3.4). Without both <see cref="Page"/> and <see cref="PageSize"/> it is the whole list, by
/// age, and filters do not count; <see cref="ObjectStore.LongestList"/> bounds every answer.
/// </summary>
public sealed record ObjectQuery
{
    public string Owner { get; init; } = "";
    public string Organization { get; init; } = "";

    /// <summary>The only name that the list may hold; empty for any.</summary>
    public string Only { get; init; } = "";

    public long? PageSize { get; init; }
    public long? Page { get; init; }
    public string Field { get; init; } = "";
    public string Value { get; init; } = "";
    public string SortField { get; init; } = "";
    public bool IsAscending { get; init; }

    /// <summary>The bare name of the user whom the objects must name; empty for any.</summary>
    public string User { get; init; } = "";

    public bool IsPaged => PageSize is not null && Page is not null;
}

public sealed record ObjectPage(IReadOnlyList<JsonObject> Items, long Total);

public sealed partial class ObjectStore
{
    /// <summary>The most objects that one list answers: no list may hold a whole installation in memory.</summary>
    public const int LongestList = 10_000;

    public static async Task<Prepared<ObjectPage>> ListAsync(DbConnection connection, ObjectKind kind, ObjectQuery query)
    {
        var parameters = new DynamicParameters(new { query.Owner, query.Organization, query.Only, query.User });
        var where = Scope(kind, query);
        var order = "created_time desc, id desc";
        if (query.IsPaged && query.Field.Length > 0 && query.Value.Length > 0)
        {
            if (Searchable(kind, query.Field) is not { Type: ColumnType.Text } column)
            {
                return new(null, $"{kind.Plural} cannot be searched by {query.Field}");
            }

            // lower() and like know only ASCII's capitals on both databases, under our collation.
            where += $" and lower({column.Name}) like @pattern escape '\\'";
            parameters.Add("pattern", "%" + Escape(AsciiLower(query.Value)) + "%");
        }

        if (query.IsPaged && query.SortField.Length > 0)
        {
            if (Searchable(kind, query.SortField) is not { } column || column.Type == ColumnType.Json)
            {
                return new(null, $"{kind.Plural} cannot be sorted by {query.SortField}");
            }

            var direction = query.IsAscending ? "asc" : "desc";
            order = $"{column.Name} {direction}, id {direction}";
        }

        var total = await connection.ExecuteScalarAsync<long>($"select count(*) from {kind.Table} where {where}", parameters);
        var size = query.IsPaged && query.PageSize >= 0 ? Math.Min(query.PageSize!.Value, LongestList) : LongestList;
        if (size == 0)
        {
            return new ObjectPage([], total);
        }

        // A page beyond the end is the last one.
        var last = Math.Max(1, (total + size - 1) / size);
        var page = query.IsPaged ? Math.Clamp(query.Page!.Value, 1, last) : 1;
        parameters.Add("size", size);
        parameters.Add("offset", (page - 1) * size);
        var rows = await connection.QueryAsync(
            $"select {Selected(kind)} from {kind.Table} where {where} order by {order} limit @size offset @offset", parameters);
        var stored = rows.Select(r => new StoredObject(kind, (IDictionary<string, object?>)r)).ToList();
        return new ObjectPage(await ShowAsync(connection, stored), total);
    }

    private static string Scope(ObjectKind kind, ObjectQuery query)
    {
        var where = kind.IsShared ? kind.Scope : "1 = 1";
        if (query.Owner.Length > 0)
        {
            // An organization may use the installation's providers and certs, so its lists hold them (contract 4.4).
            where += kind == ProviderKind.Kind || kind == CertKind.Kind ? " and (owner = 'admin' or owner = @Owner)" : " and owner = @Owner";
        }

        if (query.Only.Length > 0)
        {
            where += " and name = @Only";
        }

        if (query.Organization.Length > 0 && (kind.IsShared || kind == ApplicationKind.Kind))
        {
            where += " and organization = @Organization";
        }

        return query.User.Length > 0 && kind.NamesUser ? where + " and user_name = @User" : where;
    }

    /// <summary>A column by the property's name, in Casdoor's spelling or as snake_case.</summary>
    private static ObjectColumn? Searchable(ObjectKind kind, string field)
    {
        var name = field.Replace("_", "", StringComparison.Ordinal);
        return kind.Columns.FirstOrDefault(c => c.Property.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);

    private static string AsciiLower(string value) => string.Create(value.Length, value, static (lower, text) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            lower[i] = char.IsAsciiLetterUpper(text[i]) ? (char)(text[i] | 0x20) : text[i];
        }
    });
}
