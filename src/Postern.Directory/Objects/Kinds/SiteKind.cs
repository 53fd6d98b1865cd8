using Postern.Protocol;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Site: a site behind the gateway.</summary>
internal static class SiteKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("site", "sites", "Site",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, tag S, domain L, otherDomains L[], needRedirect B,
            disableVerbose B, rules S[], enableAlert B, alertInterval I(0..525600), alertTryTimes I(0..1000000), alertProviders S[],
            challenges S[], host L, port I(0..65535), hosts L[], sslMode S, sslCert N, publicIp S, node S, isSelf B, status S,
            nodes NodeItem[], casdoorApplication S, applicationObj Application
            """) with
    {
        IsKeptOnly = true,
        NeverStored = new HashSet<string> { "applicationObj" },
        OtherRoutes = new Dictionary<string, LocalizedText> { ["applicationObj"] = new("use update-application", "请使用 update-application") },
    };
}
