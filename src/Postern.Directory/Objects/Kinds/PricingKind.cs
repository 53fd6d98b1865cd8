namespace Postern.Directory.Objects.Kinds;

/// <summary>Pricing: plans side by side.</summary>
internal static class PricingKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("pricing", "pricings", "Pricing",
            """
            owner N, name N, createdTime S, displayName S, description T, plans S[], isEnabled B, trialDuration I(0..36500), application S
            """) with
    {
        IsKeptOnly = true,
    };
}
