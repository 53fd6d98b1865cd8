using System.Text.Json.Nodes;
using Postern.Protocol;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Product: something to buy.</summary>
public static class ProductKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("product", "products", "Product",
            """
            owner N, name N, createdTime S, displayName S, image P, detail T, description T, tag S, currency S, price F,
            quantity I(0..1000000000), sold I(0..1000000000), isRecharge B, rechargeOptions F[], disableCustomRecharge B, providers S[],
            successUrl U, state S, properties M, providerObjs Provider[]
            """) with
    {
        IsKeptOnly = true,
        Complete = (document, _) =>
        {
            if (document["providers"] is not JsonArray { Count: > 0 })
            {
                document["providers"] = new JsonArray("provider_balance", "provider_payment_dummy");
            }

            return null;
        },
        NeverStored = new HashSet<string> { "providerObjs" },
        OtherRoutes = new Dictionary<string, LocalizedText> { ["providerObjs"] = new("use update-provider", "请使用 update-provider") },
    };
}
