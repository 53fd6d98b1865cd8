namespace Postern.Directory.Objects.Kinds;

/// <summary>Order: what a user ordered.</summary>
public static class OrderKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("order", "orders", "Order",
            """
            owner N, name N, createdTime S, updateTime S, displayName S, products S[], productInfos ProductInfo[], user S, payment S,
            price F, currency S, state S, message T, couponName S, couponDiscount F
            """) with
    {
        IsKeptOnly = true,
    };
}
