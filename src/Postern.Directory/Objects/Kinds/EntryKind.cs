namespace Postern.Directory.Objects.Kinds;

/// <summary>Entry: a line of a log.</summary>
internal static class EntryKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("entry", "entries", "Entry",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, provider S, application S, type S, clientIp S, userAgent S(8000),
            message T
            """) with
    {
        IsKeptOnly = true,
    };
}
