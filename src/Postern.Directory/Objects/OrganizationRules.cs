using System.Data.Common;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>Which organization must exist for an object to be written.</summary>
public static class OrganizationRules
{
    /// <summary>An object of an organization that does not exist would belong to a later organization of that name.</summary>
    public static async Task<LocalizedText?> RefuseAsync(
        DbConnection connection, DbTransaction transaction, ObjectKind kind, IReadOnlyDictionary<string, object?> values) =>
        OrganizationOf(kind, values) is { } organization && await Organizations.HoldAsync(connection, organization, transaction) is null ? Absent(organization)
        : kind.IsShared && values.GetValueOrDefault("owner") is string owner and not "admin" && owner != OrganizationOf(kind, values)
            && await Organizations.HoldAsync(connection, owner, transaction) is null ? Absent(owner)
        : null;

    private static LocalizedText Absent(string organization) => new LocalizedText($"The organization: {organization} does not exist", $"组织: {organization} 不存在");

    /// <summary>The organization that must exist for such an object; null where none need.</summary>
    public static string? OrganizationOf(ObjectKind kind, IReadOnlyDictionary<string, object?> values) =>
        kind != ObjectKinds.Organization
        && values.TryGetValue(kind == ObjectKinds.Application || kind.IsShared ? "organization" : "owner", out var value)
        && value is string organization
        && !(organization == "admin" && kind != ObjectKinds.User && kind != ObjectKinds.Application)
            ? organization
            : null;
}
