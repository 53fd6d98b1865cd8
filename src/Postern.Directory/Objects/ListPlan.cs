using Dapper;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>How one list is read: its conditions and its order as SQL, and whether indexes answer it at any size.</summary>
internal sealed record ListPlan(ObjectKind Kind, ObjectQuery Query)
{
    public required string Where { get; init; }

    public required DynamicParameters Parameters { get; init; }

    /// <summary>What rows are sorted by; the last decides between all that are equal.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    public required bool IsAscending { get; init; }

    /// <summary><see cref="Where"/> and <see cref="Keys"/> in words that no index has.</summary>
    public required (string Where, IReadOnlyList<string> Keys) Unindexed { get; init; }

    /// <summary>An index has the rows in this order and finds the condition; anything else may look at every row.</summary>
    public required bool IsQuick { get; init; }

    /// <summary>The total is <see cref="UserCounts"/>' of the query's owner.</summary>
    public required bool IsCounted { get; init; }

    /// <summary>The answer to a request for more than the time limit allows.</summary>
    public required LocalizedText TooSlow { get; init; }

    /// <summary><c>order by</c>'s list, or the same from its other end.</summary>
    public string Order(bool isReversed = false) => string.Join(", ", Keys.Select(k => k + (IsAscending != isReversed ? " asc" : " desc")));

    /// <summary>
    /// The same for one pass over the table: by an index, the rows of a large part of it are read in an order that is not
    /// theirs, which takes five times as long.
    /// </summary>
    public ListPlan OverWholeTable() => this with { Where = Unindexed.Where, Keys = Unindexed.Keys };

    /// <summary>With <see cref="GroupParameters"/>: the rows of <c>memberships</c> that put a user in the group.</summary>
    public const string InGroup = "member_id in (select g.id from objects g where g.kind = 'group' and g.owner = @GroupOwner and g.name = @GroupName) and list = 'groups' and kind = 'user'";

    public static DynamicParameters GroupParameters(string group, long most = 0)
    {
        _ = ObjectId.TryRead(group, out var id);
        return new DynamicParameters(new { GroupOwner = id.Owner ?? "", GroupName = id.Name ?? "", most });
    }

    public static Prepared<ListPlan> Of(Dialect dialect, ObjectKind kind, ObjectQuery query)
    {
        // PostgreSQL refuses it in a text, and no text that is kept has it (docs/design/write-path.md).
        if (new[] { query.Owner, query.Organization, query.Value, query.Group }.Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            return new(null, new("U+0000 is not allowed in the query", "查询中不允许出现 U+0000"));
        }

        var parameters = GroupParameters(query.Group);
        parameters.AddDynamicParams(new { query.Owner, query.Organization, query.Only, query.User, query.UserId, WholeUser = $"{(query.Organization.Length > 0 ? query.Organization : query.Owner)}/{query.User}" });
        var conditions = Scope(kind, query);
        var filter = query.IsFiltered ? ListProperty.Find(dialect, kind, query.Field) : null;
        var sort = query.IsSorted ? ListProperty.Find(dialect, kind, query.SortField) : null;
        if (query.IsFiltered)
        {
            if (filter is null)
            {
                return new(null, new($"{kind.Plural} cannot be searched by {query.Field}", $"不能按 {query.Field} 搜索{InChinese(kind)}"));
            }

            var condition = ListFilter.Condition(filter, query.Value, query.IsBeginning, parameters);
            if (condition.Value is null)
            {
                return new(null, condition.Refusal);
            }

            conditions.Add(condition.Value);
        }

        if (query.IsSorted && sort is null or { Type: ColumnType.Json })
        {
            return new(null, new($"{kind.Plural} cannot be sorted by {query.SortField}", $"不能按 {query.SortField} 排序{InChinese(kind)}"));
        }

        var byBeginning = filter is { Type: ColumnType.Text } && query.IsBeginning && sort is null;
        string[] keys = byBeginning ? [filter!.Beginning, "id"] : sort is null ? ["created_time", "id"]
            // Within one owner no two are equal, and the index that makes it so has no id.
            : sort.Name == "name" && kind.IsNamedWithinOwner && query.Owner.Length > 0 ? ["name"]
            : sort.Sql == "id" ? ["id"] : [sort.Order, "id"];
        var plan = new ListPlan(kind, query)
        {
            Where = And(conditions),
            Parameters = parameters,
            Keys = keys,
            Unindexed = (
                And(conditions.Select(c => c == OfOwner ? "owner || '' = @Owner" : c)),
                [(sort?.Type ?? (byBeginning ? ColumnType.Text : ColumnType.Time)) switch
                {
                    ColumnType.Text => keys[0] + " || ''",
                    ColumnType.Time or ColumnType.Whole => keys[0] + " + 0",
                    _ => keys[0],
                }, .. keys[1..]]),
            IsAscending = sort is null ? byBeginning : query.IsAscending,
            IsQuick = query.Group.Length == 0 && (byBeginning ? query.Owner.Length > 0 && kind.QuickBeginnings.Contains(filter!.Name)
                : filter is null && (sort is null or { Name: "createdTime" } || (query.Owner.Length > 0 && kind.QuickOrders.Contains(sort.Name)))),
            IsCounted = kind.IsCounted && filter is null && query.Group.Length == 0,
            TooSlow = query.Group.Length > 0 ? new LocalizedText(
                "listing a group of so many users took too long: search for the beginning of a name with match=prefix, without groupName",
                "该群组用户太多，列出耗时过长，请不带 groupName，用 match=prefix 按名称开头查找")
                : filter is not null ? Searching(kind, filter)
                : sort is not null ? new LocalizedText(
                    $"sorting by {sort.Name} took too long: sort by createdTime or by name, within one owner",
                    $"按 {sort.Name} 排序耗时过长，请指定 owner 并按 createdTime 或 name 排序")
                : new LocalizedText("the page took too long: pages near the first or the last are quick", "查询该页耗时过长，请查询靠近首页或末页的页"),
        };
        // The members are found by their index, and each of them by its id: no walk along all users in the order of the list.
        return query.Group.Length > 0 ? plan.OverWholeTable() : plan;
    }

    private static string InChinese(ObjectKind kind) => kind == UserKind.Kind ? "用户" : " " + kind.Plural;

    private static LocalizedText Searching(ObjectKind kind, ListProperty filter) => kind.QuickBeginnings.Contains(filter.Name)
        ? new LocalizedText(
            $"searching inside {filter.Name} took too long: search for its beginning with match=prefix, within one owner and without sortField",
            $"在 {filter.Name} 中查找耗时过长，请指定 owner 并用 match=prefix 按开头查找，且不要指定 sortField")
        : new LocalizedText(
            $"searching by {filter.Name} took too long: search for the beginning of a name with match=prefix, within one owner",
            $"按 {filter.Name} 查找耗时过长，请指定 owner 并用 match=prefix 按 name 的开头查找");

    private const string OfOwner = "owner = @Owner";

    private static string And(IEnumerable<string> conditions) => string.Join(" and ", conditions.DefaultIfEmpty("1 = 1"));

    private static List<string> Scope(ObjectKind kind, ObjectQuery query)
    {
        var conditions = new List<string>();
        if (kind.Scope.Length > 0)
        {
            conditions.Add(kind.Scope);
        }

        if (query.Owner.Length > 0)
        {
            // An organization may use the installation's providers and certs, so its lists hold them.
            conditions.Add(kind == ProviderKind.Kind || kind == CertKind.Kind ? "(owner = 'admin' or owner = @Owner)" : OfOwner);
        }

        if (query.Only.Length > 0)
        {
            conditions.Add("name = @Only");
        }

        if (query.Organization.Length > 0 && (kind.IsShared || kind == ApplicationKind.Kind))
        {
            conditions.Add("organization = @Organization");
        }

        if (query.Group.Length > 0 && kind == UserKind.Kind)
        {
            conditions.Add($"id in (select object_id from memberships where {InGroup})");
        }

        if (query.User.Length > 0 && kind.NamesUser)
        {
            // A name that no user had when the object was written is only a text.
            conditions.Add(
                $"""
                (objects.user_id in (select u.id from users u where u.name = @User{(query.Organization.Length > 0 ? " and u.owner = @Organization" : query.Owner.Length > 0 ? " and u.owner = @Owner" : "")})
                  or (objects.user_id = '' and objects.user_name in (@User, @WholeUser)))
                """);
        }

        if (query.UserId.Length > 0 && kind.NamesUser)
        {
            conditions.Add("objects.user_id = @UserId and objects.user_id <> ''");
        }

        return conditions;
    }
}
