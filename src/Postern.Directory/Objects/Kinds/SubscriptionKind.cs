namespace Postern.Directory.Objects.Kinds;

/// <summary>Subscription: a user's plan.</summary>
internal static class SubscriptionKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("subscription", "subscriptions", "Subscription",
            """
            owner N, name N, displayName S, createdTime S, description T, user S, pricing S, plan S, payment S, startTime S, endTime S,
            period S, state S
            """) with
    {
        IsKeptOnly = true,
    };
}
