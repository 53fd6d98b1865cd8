using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Casbin;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;
using Postern.Storage.Bounded;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Enforcement;

/// <summary>Finds what judges a request: an enforcer with the policies of its adapter, or permissions as policies of their model.</summary>
public sealed class Enforcers(CacheBudget budget)
{
    private const int MostPermissions = 1000;
    private const int MostMembers = 100_000;
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly LocalizedText TooLarge = new(
        "the permissions of this organization are too large to be judged together: name one as permissionId, or use roles and patterns in place of long lists",
        "该组织的权限过大，不能一起判定：请用 permissionId 指定其中一个，或用角色和模式代替过长的列表");

    /// <summary>What a permission without a model is judged by; a permission that denies outweighs those that allow.</summary>
    private const string DefaultModel =
        """
        [request_definition]
        r = sub, obj, act

        [policy_definition]
        p = sub, obj, act, eft

        [role_definition]
        g = _, _

        [policy_effect]
        e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

        [matchers]
        m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
        """;

    // A big adapter's policies are read once, and again when they have changed.
    private readonly BoundedCache<(Enforcer Enforcer, long Bytes)> kept = budget.Share<(Enforcer, long Bytes)>(35, e => e.Bytes);

    /// <returns>Each that judges, or the sentence for what cannot judge.</returns>
    public async Task<(IReadOnlyList<NamedEnforcer> Found, LocalizedText? Refusal)> FindAsync(DbConnection connection, EnforcerSource source, IReadOnlyList<JsonArray> requests, Caller caller) =>
        source.Parameter == "enforcerId" ? await OfEnforcerAsync(connection, source, caller) : await OfPermissionsAsync(connection, source, requests, caller);

    private async Task<(IReadOnlyList<NamedEnforcer> Found, LocalizedText? Refusal)> OfEnforcerAsync(DbConnection connection, EnforcerSource source, Caller caller)
    {
        if (await ObjectStore.FindAsync(connection, EnforcerKind.Kind, source.Owner, source.Name) is not { } stored)
        {
            return ([], new LocalizedText($"The enforcer: {source.Owner}/{source.Name} doesn't exist", $"执行器: {source.Owner}/{source.Name} 不存在"));
        }

        var (adapter, refusal) = await AdapterOfAsync(connection, stored, caller);
        if (adapter is null)
        {
            return ([], refusal);
        }

        var (text, noModel) = await ModelTextAsync(connection, stored.Owner, ObjectTarget.Text(stored.Show(), "model"), caller);
        if (text is null)
        {
            return ([], noModel);
        }

        var key = CacheKey.Of(adapter.Id, $"{await Policies.StateAsync(connection, adapter.Id)}", text);
        if (kept.TryGet(key, out var known))
        {
            return ([new NamedEnforcer($"{source.Owner}/{source.Name}", known.Enforcer, _ => known.Enforcer)], null);
        }

        var policies = await Policies.OfAsync(connection, adapter.Id);
        if (CasbinModel.Parse(text).IsRefused(out var bad, out var model) || Enforcer.Create(model, policies).IsRefused(out bad, out var enforcer))
        {
            return ([], ModelKind.OfCasbin(bad));
        }

        // Each text stands in the rule and in what was made of it.
        kept.Set(key, (enforcer, (2L * text.Length) + policies.Sum(p => p.Sum(v => (4L * v.Length) + 100))));
        return ([new NamedEnforcer($"{source.Owner}/{source.Name}", enforcer, _ => enforcer)], null);
    }

    /// <summary>The adapter of an enforcer; its policies are read where it uses our database.</summary>
    public static async Task<(StoredObject? Adapter, LocalizedText? Refusal)> AdapterOfAsync(DbConnection connection, StoredObject enforcer, Caller caller)
    {
        var named = ObjectTarget.Text(enforcer.Show(), "adapter");
        if (!ObjectId.TryRead(named, out var id))
        {
            return (null, new LocalizedText(
                $"The enforcer: {enforcer.Owner}/{enforcer.Name} names no adapter, written organization/name",
                $"执行器: {enforcer.Owner}/{enforcer.Name} 没有指定适配器（写成 organization/name）"));
        }

        // An import may have brought the name of what another organization keeps, and a global administrator may have written it.
        if ((id.Owner != enforcer.Owner && !ForeignNames.MayName("adapter", id.Owner, caller)) || await ObjectStore.FindAsync(connection, AdapterKind.Kind, id.Owner, id.Name) is not { } adapter)
        {
            return (null, new LocalizedText(
                $"The adapter: {named} doesn't exist in the organization {enforcer.Owner}",
                $"组织 {enforcer.Owner} 中没有适配器: {named}"));
        }

        return ObjectTarget.Text(adapter.Show(), "host").Length > 0
            ? (null, new LocalizedText(
                $"The adapter: {named} keeps its policies in another database, which is not read: leave its host empty and add them here",
                $"适配器: {named} 的策略在其他数据库中，本服务器不读取：请将其 host 留空，并在此添加策略"))
            : (adapter, null);
    }

    private static async Task<(IReadOnlyList<NamedEnforcer> Found, LocalizedText? Refusal)> OfPermissionsAsync(
        DbConnection connection, EnforcerSource source, IReadOnlyList<JsonArray> requests, Caller caller)
    {
        if (source.Parameter != "permissionId" && await IsTooLargeAsync(connection, source.Owner))
        {
            return ([], TooLarge);
        }

        var permissions = await PermissionsAsync(connection, source);
        if (permissions.Count == 0)
        {
            return source.Parameter == "permissionId" ? ([], new LocalizedText(
                $"The permission: {source.Owner}/{source.Name} doesn't exist",
                $"权限: {source.Owner}/{source.Name} 不存在")) : ([], null);
        }

        if (permissions.Count > MostPermissions)
        {
            return ([], new LocalizedText(
                $"more than {MostPermissions} permissions are named: name one, or a model or resource of fewer",
                $"指定了超过 {MostPermissions} 个权限：请指定其中一个，或权限较少的模型或资源"));
        }

        var subjects = await Subjects.FindAsync(connection, source.Owner, requests);
        var (found, left) = (new List<NamedEnforcer>(), Policies.Most);
        foreach (var of in permissions.GroupBy(p => ObjectTarget.Text(p, "model"), StringComparer.Ordinal))
        {
            var (text, noModel) = await ModelTextAsync(connection, source.Owner, of.Key, caller);
            if (text is null)
            {
                return ([], noModel);
            }

            if (CasbinModel.Parse(text).IsRefused(out var wrong, out var model))
            {
                return ([], ModelKind.OfCasbin(wrong));
            }

            if (PermissionPolicies.Of(model, of, left, out var refusal) is not { } policies)
            {
                return ([], refusal);
            }

            left -= policies.Count;

            var name = source.Parameter == "permissionId" ? $"{source.Owner}/{source.Name}" : of.Key.Length > 0 ? of.Key : source.Owner;
            if (Enforcer.Create(model, policies).IsRefused(out wrong, out var enforcer))
            {
                return ([], ModelKind.OfCasbin(wrong));
            }

            // The roles differ from subject to subject; the policies do not.
            found.Add(new NamedEnforcer(name, enforcer, request => WithRoles(enforcer, [.. PermissionPolicies.LinksOf(model, Subjects.Of(request), subjects, of).Take(Policies.Most + 1)])));
        }

        return (found, null);
    }

    private static Prepared<Enforcer> WithRoles(Enforcer enforcer, string[][] links) =>
        links.Length > Policies.Most ? new Prepared<Enforcer>(null, new(
            $"the roles of the subject in all domains come to more than {Policies.Most}: name fewer permissions",
            $"主体在所有域中的角色超过 {Policies.Most} 个：请指定较少的权限"))
        : enforcer.With(links).IsRefused(out var refusal, out var with) ? new Prepared<Enforcer>(null, ModelKind.OfCasbin(refusal))
        : with;

    /// <summary>Whether the permissions of an organization together hold more than one call may read; asked before any of them is.</summary>
    private static async Task<bool> IsTooLargeAsync(DbConnection connection, string owner) => await connection.QuerySingleAsync<bool>(
        $"""
        select (select count(*) from (select 1 from objects o join memberships m on m.object_id = o.id where o.{PermissionKind.Kind.Scope} and o.owner = @owner limit @members) counted) >= @members
          or (select coalesce(sum(length(body)), 0) from objects where {PermissionKind.Kind.Scope} and owner = @owner) > @bytes
        """, new { owner, members = MostMembers, bytes = MostBytes });

    private static async Task<IReadOnlyList<JsonObject>> PermissionsAsync(DbConnection connection, EnforcerSource source)
    {
        var kind = PermissionKind.Kind;
        if (source.Parameter == "permissionId")
        {
            return await ObjectStore.GetAsync(connection, kind, source.Owner, source.Name) is { } one ? [one] : [];
        }

        var rows = await connection.QueryAsync(
            $"select {ObjectStore.Selected(kind)} from objects where {kind.Scope} and owner = @Owner order by created_time, id limit @most", new { source.Owner, most = MostPermissions + 1 });
        var all = await ObjectStore.ShowAsync(connection, [.. rows.Select(r => new StoredObject(kind, (IDictionary<string, object?>)r))]);
        return source.Parameter switch
        {
            "modelId" => [.. all.Where(p => ObjectTarget.Text(p, "model") is var m && (m == $"{source.Owner}/{source.Name}" || m == source.Name))],
            "resourceId" => [.. all.Where(p => EnforceEndpoints.Texts(p, "resources").Any(r => r == $"{source.Owner}/{source.Name}" || r == source.Name))],
            _ => all,
        };
    }

    private static async Task<(string? Text, LocalizedText? Refusal)> ModelTextAsync(DbConnection connection, string owner, string named, Caller caller)
    {
        if (named.Length == 0)
        {
            return (DefaultModel, null);
        }

        // An organization uses its own models and those of built-in.
        var id = ObjectId.TryRead(named, out var read) ? read : new ObjectId(owner, named);
        return (id.Owner == owner || ForeignNames.MayName("model", id.Owner, caller)) && await ObjectStore.FindAsync(connection, ObjectKinds.Model, id.Owner, id.Name) is { } model
            ? (ObjectTarget.Text(model.Show(), "modelText"), null)
            : (null, new LocalizedText($"The model: {named} doesn't exist", $"模型: {named} 不存在"));
    }
}

/// <summary>What judges, and how answers name it.</summary>
/// <param name="Name">The permission, the model, the owner, or the enforcer.</param>
/// <param name="Policies">The policies without what is known of a subject.</param>
/// <param name="For">What judges one request: the policies, and the roles of its subject.</param>
public sealed record NamedEnforcer(string Name, Enforcer Policies, Func<JsonArray, Prepared<Enforcer>> For)
{
    public (bool IsAllowed, LocalizedText? Refusal) Judge(JsonArray request, Allowance allowance)
    {
        var judging = For(request);
        if (judging.Value is not { } enforcer)
        {
            return (false, judging.Refusal);
        }

        var verdict = enforcer.Enforce([.. request], allowance);
        return (verdict.IsAllowed, verdict.Refusal is { } wrong ? ModelKind.OfCasbin(wrong) : null);
    }
}
