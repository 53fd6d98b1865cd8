namespace Postern.Directory.Objects.Kinds;

/// <summary>Adapter: where an enforcer's policies are kept.</summary>
public static class AdapterKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("adapter", "adapters", "Adapter",
            """
            owner N, name N, createdTime S, table S, useSameDb B, type S, databaseType S, host S, port I(0..65535), user S, password S,
            database S
            """) with
    {
        KeptOnly = ObjectShape.Words("table type databaseType port user password database"),
        Bagged = new HashSet<string> { "password" },
    };
}
