namespace Postern.Directory.Objects.Kinds;

/// <summary>Ldap: an LDAP server; it is addressed by its id.</summary>
public static class LdapKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("ldap", "ldaps", "Ldap",
            """
            id N, owner N, createdTime S, serverName S, host S, port I(0..65535), enableSsl B, allowSelfSignedCert B, username S,
            password S, baseDn S, filter S(8000), filterFields S[], defaultGroup S, defaultGroups S[], passwordType S, customAttributes M,
            autoSync I(0..525600), lastSync S, enableGroups B
            """, nameProperty: "id") with
    {
        IsKeptOnly = true,
        Bagged = new HashSet<string> { "password" },
        PlaceholderOwners = ["admin", "built-in"],
    };
}
