namespace Postern.Directory.Objects.Kinds;

/// <summary>Ticket: a question of a user and its answers.</summary>
public static class TicketKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("ticket", "tickets", "Ticket",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, user S, title S, content T, state S, messages TicketMessage[]
            """) with
    {
        IsKeptOnly = true,
        CallerProperty = "user",
    };
}
