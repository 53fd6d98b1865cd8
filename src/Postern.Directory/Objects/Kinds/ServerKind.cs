namespace Postern.Directory.Objects.Kinds;

/// <summary>Server: an MCP server and its tools.</summary>
internal static class ServerKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("server", "servers", "Server",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, url U, token S(8000), application S, tools A
            """) with
    {
        IsKeptOnly = true,
        Bagged = new HashSet<string> { "token" },
    };
}
