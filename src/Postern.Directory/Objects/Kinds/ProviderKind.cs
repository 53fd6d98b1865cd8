using Postern.Storage.Secrets;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Provider: its name is unique over all owners.</summary>
public static class ProviderKind
{
    public static readonly ObjectKind Kind = new("provider", "providers", "providers")
    {
        Type = "Provider",
        Shape = new(
            """
            owner N, name N, createdTime S, displayName S, category S, type S, subType S, method S, clientId S, clientSecret S(8000), clientId2 S,
            clientSecret2 T, cert N, customAuthUrl U, customTokenUrl U, customUserInfoUrl U, customLogoutUrl U, customLogo P,
            scopes S(8000), userMapping M, httpHeaders M, host L, port I(0..65535), disableSsl B, sslMode S, title S, content T,
            receiver S(8000), regionId S, signName S, templateCode S, appId S, endpoint L, intranetEndpoint L, domain L, bucket S,
            pathPrefix S, metadata T, idP T, issuerUrl L, enableSignAuthnRequest B, emailRegex S, providerUrl U, enableProxy B,
            enablePkce B, state S, openPlatform S
            """),
        KeptOnly = ObjectShape.Words(
            """
            subType method cert customAuthUrl customTokenUrl customUserInfoUrl customLogoutUrl customLogo scopes userMapping
            httpHeaders host port disableSsl sslMode title content receiver regionId signName templateCode appId endpoint
            intranetEndpoint domain bucket pathPrefix metadata idP issuerUrl enableSignAuthnRequest emailRegex providerUrl
            enableProxy enablePkce state
            """),
        Columns =
        [
            new("owner", "owner"), new("name", "name"), new("createdTime", "created_time", ColumnType.Time),
            new("displayName", "display_name"), new("category", "category"), new("type", "type"),
            new("clientId", "client_id"), new("clientId2", "client_id2"), new("openPlatform", "open_platform"),
        ],
        Secrets = [new("clientSecret", SecretColumn.ProviderSecret), new("clientSecret2", SecretColumn.ProviderSecret2)],
        // Their values: keys of the services that are called.
        Bagged = new HashSet<string> { "httpHeaders" },
        EncryptedProperties = SecretColumn.ProviderSecrets,
    };
}
