using System.Data.Common;
using Postern.Storage.Tables;

namespace Postern.Directory.Identities;

/// <summary>Who WeChat says this is: the identifiers that one exchanged code proved.</summary>
public sealed record WeChatIdentity(ExternalIdentity OpenId, ExternalIdentity? UnionId)
{
    private const string OfOrganization = "organization:";

    public static WeChatIdentity Of(string organizationId, Provider provider, string openid, string? unionid) => new(
        new ExternalIdentity(organizationId, ExternalIdentities.OpenId, provider.ClientId, openid),
        string.IsNullOrEmpty(unionid) ? null : new ExternalIdentity(organizationId, ExternalIdentities.UnionId, OpenPlatform(provider, organizationId), unionid));

    /// <summary>An import knows organizations by their names: the identity as a sign-in there looks for it, by the id.</summary>
    public static async Task<ExternalIdentity> ResolveAsync(DbConnection connection, ExternalIdentity named) =>
        Resolve(named, await Organizations.IdOfAsync(connection, named.OrganizationId));

    /// <summary>The same with the organization's id; null where it does not exist yet.</summary>
    public static ExternalIdentity Resolve(ExternalIdentity named, string? id) => id is null ? named : named with
    {
        OrganizationId = id,
        Issuer = named.Issuer == OfOrganization + named.OrganizationId ? OfOrganization + id : named.Issuer,
    };

    /// <summary>A unionid is unique within one Open Platform account: the one the provider names, else the organization's one.</summary>
    public static string OpenPlatform(Provider provider, string organizationId) =>
        provider.OpenPlatform is { Length: > 0 } account ? account : OfOrganization + organizationId;
}
