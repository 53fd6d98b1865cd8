using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Syncer (contract 4.8): users of another database, to be brought over.</summary>
internal static class SyncerKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("syncer", "syncers", "Syncer",
            """
            owner S, name S, createdTime S, organization S, type S, databaseType S, sslMode S, sshType S, host S, port I, user S,
            password S, sshHost S, sshPort I, sshUser S, sshPassword S, cert S, database S, table S, tableColumns TableColumn[],
            affiliationTable S, avatarBaseUrl S, errorText S, syncInterval I, isReadOnly B, isEnabled B
            """) with
    {
        Bagged = new HashSet<string> { "password", "sshPassword" },
    };
}
