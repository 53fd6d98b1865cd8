using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Coupon (contract 4.8): a discount by a code that is unique.</summary>
internal static class CouponKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("coupon", "coupons", "Coupon",
            """
            owner S, name S, createdTime S, displayName S, description S, code S, discountType S, discount F, maxDiscount F,
            scope S, products S[], users S[], quantity I, usedCount I, maxUsagePerUser I, startTime S, expireTime S,
            minOrderAmount F, currency S, state S
            """) with
    {
        Lookup = "code",
    };
}
