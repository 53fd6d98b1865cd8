using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Payment (contract 4.8): one payment.</summary>
internal static class PaymentKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("payment", "payments", "Payment",
            """
            owner S, name S, createdTime S, displayName S, provider S, type S, products S[], productsDisplayName S,
            productName S, productDisplayName S, detail S, currency S, price F, user S, personName S, personIdCard S,
            personEmail S, personPhone S, invoiceType S, invoiceTitle S, invoiceTaxId S, invoiceRemark S, invoiceUrl S, order S,
            outOrderId S, payUrl S, successUrl S, state S, message S
            """) with
    {
        NeverStored = new HashSet<string> { "orderObj" },
    };
}
