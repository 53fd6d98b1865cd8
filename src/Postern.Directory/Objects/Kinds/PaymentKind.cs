using Postern.Protocol;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Payment: one payment.</summary>
public static class PaymentKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("payment", "payments", "Payment",
            """
            owner N, name N, createdTime S, displayName S, provider S, type S, products S[], productsDisplayName S, productName S,
            productDisplayName S, detail T, currency S, price F, user S, personName S, personIdCard S, personEmail S, personPhone S,
            invoiceType S, invoiceTitle S, invoiceTaxId S, invoiceRemark S, invoiceUrl U, order S, outOrderId S, payUrl L, successUrl U,
            state S, message T
            """) with
    {
        IsKeptOnly = true,
        NeverStored = new HashSet<string> { "orderObj" },
        OtherRoutes = new Dictionary<string, LocalizedText> { ["orderObj"] = new("use update-order", "请使用 update-order") },
    };
}
