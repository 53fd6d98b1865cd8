namespace Postern.Directory.Objects.Kinds;

/// <summary>Session; its key has the application beside owner and name (<c>SessionRows</c>).</summary>
public static class SessionKind
{
    public static readonly ObjectKind Kind = new("session", "sessions", "client_sessions")
    {
        Type = "Session",
        Shape = new("owner N, name N, application N, createdTime S, sessionId S[], ExclusiveSignin B"),
        Columns =
        [
            new("owner", "owner"), new("name", "name"), new("application", "application"), new("createdTime", "created_time", ColumnType.Time),
        ],
    };
}
