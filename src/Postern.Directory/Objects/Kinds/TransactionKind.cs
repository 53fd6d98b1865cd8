namespace Postern.Directory.Objects.Kinds;

/// <summary>Transaction: money that moved; the server chooses its name.</summary>
public static class TransactionKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("transaction", "transactions", "Transaction",
            """
            owner N, name N, createdTime S, displayName S, application S, domain L, category S, type S, subtype S, provider S, user S,
            tag S, amount F, currency S, payment S, state S
            """) with
    {
        IsKeptOnly = true,
        IsNamedByServer = true,
    };
}
