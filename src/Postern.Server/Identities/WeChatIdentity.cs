using Postern.Server.Data;

namespace Postern.Server.Identities;

/// <summary>Who WeChat says this is: the identifiers that one exchanged code proved.</summary>
public sealed record WeChatIdentity(ExternalIdentity OpenId, ExternalIdentity? UnionId)
{
    public static WeChatIdentity Of(string organization, Provider provider, string openid, string? unionid) => new(
        new ExternalIdentity(organization, ExternalIdentities.OpenId, provider.ClientId, openid),
        string.IsNullOrEmpty(unionid) ? null : new ExternalIdentity(organization, ExternalIdentities.UnionId, OpenPlatform(provider, organization), unionid));

    /// <summary>A unionid is unique within one Open Platform account: the one the provider names, else the organization's one.</summary>
    public static string OpenPlatform(Provider provider, string organization) =>
        provider.OpenPlatform is { Length: > 0 } account ? account : "organization:" + organization;
}
