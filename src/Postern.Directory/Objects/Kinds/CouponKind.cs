namespace Postern.Directory.Objects.Kinds;

/// <summary>Coupon: a discount by a code that is unique.</summary>
internal static class CouponKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("coupon", "coupons", "Coupon",
            """
            owner N, name N, createdTime S, displayName S, description T, code N, discountType S, discount F, maxDiscount F, scope S,
            products S[](10000), users S[](10000), quantity I(0..1000000000), usedCount I(0..1000000000), maxUsagePerUser I(0..1000000000),
            startTime S, expireTime S, minOrderAmount F, currency S, state S
            """) with
    {
        IsKeptOnly = true,
        Lookup = "code",
    };
}
