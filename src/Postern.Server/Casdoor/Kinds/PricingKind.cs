using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Pricing (contract 4.8): plans side by side.</summary>
internal static class PricingKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("pricing", "pricings", "Pricing",
            """
            owner S, name S, createdTime S, displayName S, description S, plans S[], isEnabled B, trialDuration I, application S
            """);
}
