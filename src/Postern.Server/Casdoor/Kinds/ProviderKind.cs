using Postern.Server.Casdoor.Objects;
using Postern.Server.Data.Secrets;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Provider (contract 4.4): its name is unique over all owners.</summary>
internal static class ProviderKind
{
    public static readonly ObjectKind Kind = new("provider", "providers", "providers")
    {
        Type = "Provider",
        Shape = new(
            """
            owner S, name S, createdTime S, displayName S, category S, type S, subType S, method S, clientId S, clientSecret S,
            clientId2 S, clientSecret2 S, cert S, customAuthUrl S, customTokenUrl S, customUserInfoUrl S, customLogoutUrl S,
            customLogo S, scopes S, userMapping M, httpHeaders M, host S, port I, disableSsl B, sslMode S, title S, content S,
            receiver S, regionId S, signName S, templateCode S, appId S, endpoint S, intranetEndpoint S, domain S, bucket S,
            pathPrefix S, metadata S, idP S, issuerUrl S, enableSignAuthnRequest B, emailRegex S, providerUrl S, enableProxy B,
            enablePkce B, state S, openPlatform S
            """),
        Columns =
        [
            new("owner", "owner"), new("name", "name"), new("createdTime", "created_time", ColumnType.Time),
            new("displayName", "display_name"), new("category", "category"), new("type", "type"),
            new("clientId", "client_id"), new("clientId2", "client_id2"), new("openPlatform", "open_platform"),
        ],
        Secrets = [new("clientSecret", SecretColumn.ProviderSecret), new("clientSecret2", SecretColumn.ProviderSecret2)],
    };
}
