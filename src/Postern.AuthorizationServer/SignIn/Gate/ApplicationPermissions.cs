using System.Data.Common;
using System.Text.Json;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>What the permissions of an application say to one user.</summary>
internal enum PermissionVerdict
{
    /// <summary>None of them is in force, or none concerns the user.</summary>
    Silent,
    Allowed,
    Refused,
}

/// <summary>A permission in force that names an application.</summary>
/// <param name="Id"><c>owner/name</c>.</param>
/// <param name="IsDeny">It refuses; else it allows.</param>
/// <param name="MeansSignIn">Its actions are for signing in.</param>
internal sealed record ApplicationPermission(string Id, bool IsDeny, bool MeansSignIn);

/// <summary>
/// Permissions with <c>resourceType: Application</c>. One that denies refuses the users it covers. If there are permissions that allow, only
/// users covered by one of them may sign in.
/// </summary>
internal static class ApplicationPermissions
{
    /// <summary>What signing in asks of an application, as Casdoor calls it.</summary>
    private const string Action = "Read";

    public static PermissionVerdict Judge(IReadOnlyCollection<ApplicationPermission> permissions, IReadOnlySet<string> held)
    {
        var covering = permissions.Where(p => held.Contains(p.Id)).ToList();
        return covering.Exists(p => p.IsDeny) ? PermissionVerdict.Refused
            : covering.Exists(p => p.MeansSignIn) ? PermissionVerdict.Allowed
            : permissions.Any(p => !p.IsDeny) ? PermissionVerdict.Refused
            : PermissionVerdict.Silent;
    }

    public static async Task<PermissionVerdict> FindAsync(DbConnection connection, Application application, User user)
    {
        var permissions = await OfAsync(connection, application);
        if (permissions.Count == 0)
        {
            return PermissionVerdict.Silent;
        }

        user.Holdings ??= await EffectiveRolesReader.OfAsync(connection, user);
        return Judge(permissions, user.Holdings.Permissions.Select(p => $"{p["owner"]}/{p["name"]}").ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Those of the application's own organization: another one's say nothing here.</summary>
    private static async Task<IReadOnlyCollection<ApplicationPermission>> OfAsync(DbConnection connection, Application application) =>
        [.. (await connection.QueryAsync<(string Owner, string Name, string Body)>(
            $"""
            select owner, name, body from objects where kind = 'permission' and organization_id = @OrganizationId and id in (
              select object_id from memberships where member_id = @Id and list = '{Memberships.Applications}' and kind = 'permission'
              union all select object_id from memberships where member = @every and list = '{Memberships.Applications}' and kind = 'permission')
            """, new { application.OrganizationId, application.Id, every = application.Organization + "/*" })).Select(Read).OfType<ApplicationPermission>()];

    private static ApplicationPermission? Read((string Owner, string Name, string Body) row)
    {
        using var document = JsonDocument.Parse(row.Body);
        var body = document.RootElement;
        if (!body.TryGetProperty("isEnabled", out var enabled) || enabled.ValueKind != JsonValueKind.True || Text(body, "state") is not ("" or "Approved"))
        {
            return null;
        }

        var actions = body.TryGetProperty("actions", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(a => a.ToString()).ToList() : [];
        var isDeny = string.Equals(Text(body, "effect"), "deny", StringComparison.OrdinalIgnoreCase);
        return new($"{row.Owner}/{row.Name}", isDeny, !isDeny && (actions.Count == 0 || actions.Exists(a => a == "*" || string.Equals(a, Action, StringComparison.OrdinalIgnoreCase))));
    }

    private static string Text(JsonElement body, string property) =>
        body.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
