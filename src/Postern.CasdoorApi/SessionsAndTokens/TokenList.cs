using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.SessionsAndTokens;

/// <summary>
/// Issued and added tokens in one list. An installation has millions, so a list looks at the newest
/// <see cref="Newest"/> of its organization and counts no further.
/// </summary>
internal static class TokenList
{
    public const long Newest = 100_000;
    private const int Chunk = 500;

    private static readonly Dictionary<string, string> Searchable = new(StringComparer.OrdinalIgnoreCase)
    {
        ["name"] = "name", ["user"] = "user_name", ["organization"] = "organization", ["application"] = "application", ["grantType"] = "grant_type", ["scope"] = "scope",
    };

    private static readonly Dictionary<string, string> Sortable = new(Searchable, StringComparer.OrdinalIgnoreCase) { ["createdTime"] = "created_time", ["expiresIn"] = "expires_time" };

    public static Task<Prepared<ObjectPage>> ListAsync(ObjectCall call, ObjectQuery query) =>
        ListAnswers.OfAsync(call, (connection, body) => ListAsync(connection, query, body));

    private static async Task<Prepared<ObjectPage>> ListAsync(DbConnection connection, ObjectQuery query, ListBody body)
    {
        // All have the owner admin; clients that put their organization there mean that.
        var organization = query.Organization.Length > 0 || query.Owner is "" or "admin" ? query.Organization : query.Owner;
        var parameters = new DynamicParameters(new { organization, newest = Newest });
        var (where, order) = ("", "created_time desc, id desc");
        if (query.IsPaged && query.Field.Length > 0 && query.Value.Length > 0)
        {
            if (!Searchable.TryGetValue(Plain(query.Field), out var column))
            {
                return new(null, new($"tokens cannot be searched by {query.Field}", $"不能按 {query.Field} 搜索令牌"));
            }

            where = $" where lower({column}) like @pattern escape '\\'";
            parameters.Add("pattern", LikePattern.Containing(query.Value));
        }

        if (query.IsPaged && query.SortField.Length > 0)
        {
            if (!Sortable.TryGetValue(Plain(query.SortField), out var column))
            {
                return new(null, new($"tokens cannot be sorted by {query.SortField}", $"不能按 {query.SortField} 排序令牌"));
            }

            var direction = query.IsAscending ? "asc" : "desc";
            order = $"{column} {direction}, id {direction}";
        }

        var total = Math.Min(Newest, await connection.ExecuteScalarAsync<long>($"select count(*) from ({Rows(organization)}) found{where}", parameters));
        var (size, offset) = ListWindow.Of(query, total);
        if (size == 0)
        {
            return new ObjectPage(body, total);
        }

        parameters.Add("size", size);
        parameters.Add("offset", offset);
        if (where.Length == 0 && query.SortField.Length == 0)
        {
            // By age the page's end is as far as anybody has to look.
            parameters.Add("newest", size + offset);
        }

        var page = (await connection.QueryAsync<(string Id, bool IsIssued)>(
            $"select id, is_issued from ({Rows(organization)}) found{where} order by {order} limit @size offset @offset", parameters)).ToList();
        foreach (var some in page.Chunk(Chunk))
        {
            if (!(await ShowAsync(connection, some)).All(body.Add))
            {
                break;
            }
        }

        return new ObjectPage(body, total);
    }

    private static string Plain(string field) => field.Replace("_", "", StringComparison.Ordinal);

    private static string Rows(string organization)
    {
        var (own, issued) = organization.Length > 0
            ? ("organization = @organization", "organization_id = (select id from organizations where name = @organization)")
            : ("1 = 1", "1 = 1");
        return $"""
            select * from (select id, true as is_issued, id as name, user_name,
              coalesce((select o.name from organizations o where o.id = tokens.organization_id), '') as organization,
              coalesce((select a.name from applications a where a.id = tokens.application_id), '') as application, grant_type, scope, created_time, expires_time
              from tokens where {issued} order by id desc limit @newest) issued
            union all
            select * from (select id, false as is_issued, name, {ObjectKind.UserLabel} as user_name, organization, '' as application, '' as grant_type, '' as scope, created_time, created_time as expires_time
              from objects where {TokenKind.Kind.Scope} and {own} order by created_time desc, id desc limit @newest) added
            """;
    }

    private static async Task<IReadOnlyList<JsonObject>> ShowAsync(DbConnection connection, IReadOnlyList<(string Id, bool IsIssued)> page)
    {
        var shown = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var ids in page.Where(p => p.IsIssued).Select(p => p.Id).Chunk(Chunk))
        {
            foreach (var token in await IssuedTokens.FindAsync(connection, ids))
            {
                shown[token.Id] = TokenRows.Show(token);
            }
        }

        foreach (var ids in page.Where(p => !p.IsIssued).Select(p => p.Id).Chunk(Chunk))
        {
            var parameters = new DynamicParameters();
            var rows = await connection.QueryAsync($"select {ObjectStore.Selected(TokenKind.Kind)} from objects where id in {parameters.AddList("id", ids)}", parameters);
            foreach (var stored in rows.Select(r => new StoredObject(TokenKind.Kind, (IDictionary<string, object?>)r)))
            {
                shown[stored.Id] = stored.Show();
            }
        }

        return [.. page.Select(p => shown.GetValueOrDefault(p.Id)).OfType<JsonObject>()];
    }
}
