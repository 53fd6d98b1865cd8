namespace Postern.Directory.Objects.Kinds;

/// <summary>Agent: an agent and where it is reached.</summary>
internal static class AgentKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("agent", "agents", "Agent",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, url U, token S(8000), application S
            """) with
    {
        IsKeptOnly = true,
        Bagged = new HashSet<string> { "token" },
    };
}
