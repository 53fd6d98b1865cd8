namespace Postern.Directory.Objects.Kinds;

/// <summary>Syncer: users of another database, to be brought over.</summary>
internal static class SyncerKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("syncer", "syncers", "Syncer",
            """
            owner N, name N, createdTime S, organization N, type S, databaseType S, sslMode S, sshType S, host S, port I(0..65535), user S,
            password S, sshHost S, sshPort I(0..65535), sshUser S, sshPassword S, cert S, database S, table S, tableColumns TableColumn[],
            affiliationTable S, avatarBaseUrl U, errorText T, syncInterval I(0..31536000), isReadOnly B, isEnabled B
            """) with
    {
        IsKeptOnly = true,
        Bagged = new HashSet<string> { "password", "sshPassword" },
    };
}
