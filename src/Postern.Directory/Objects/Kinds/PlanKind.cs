namespace Postern.Directory.Objects.Kinds;

/// <summary>Plan: what a subscription gives.</summary>
internal static class PlanKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("plan", "plans", "Plan",
            """
            owner N, name N, createdTime S, displayName S, description T, price F, currency S, period S, product S, paymentProviders S[],
            isEnabled B, isExclusive B, role S, options S[]
            """) with
    {
        IsKeptOnly = true,
    };
}
