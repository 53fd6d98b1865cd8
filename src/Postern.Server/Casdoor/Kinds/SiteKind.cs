using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Site (contract 4.8): a site behind the gateway.</summary>
internal static class SiteKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("site", "sites", "Site",
            """
            owner S, name S, createdTime S, updatedTime S, displayName S, tag S, domain S, otherDomains S[], needRedirect B,
            disableVerbose B, rules S[], enableAlert B, alertInterval I, alertTryTimes I, alertProviders S[], challenges S[],
            host S, port I, hosts S[], sslMode S, sslCert S, publicIp S, node S, isSelf B, status S, nodes NodeItem[],
            casdoorApplication S, applicationObj Application
            """) with
    {
        NeverStored = new HashSet<string> { "applicationObj" },
    };
}
