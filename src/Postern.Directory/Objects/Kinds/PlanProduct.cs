using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Postern.Directory.Objects.Kinds;

/// <summary>A new plan that names no product is given one: a subscription is bought as a product.</summary>
public static class PlanProduct
{
    private const int Plenty = 999;

    /// <summary>The product of a plan as it was read, whose property <c>product</c> then names it; null where nothing is to be made.</summary>
    public static JsonObject? Of(ObjectKind kind, JsonObject plan)
    {
        if (kind != PlanKind.Kind || Text("product").Length > 0)
        {
            return null;
        }

        var name = "product_" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 6);
        plan["product"] = name;
        return new JsonObject
        {
            ["owner"] = Text("owner"),
            ["name"] = name,
            ["displayName"] = Text("displayName"),
            ["description"] = Text("description"),
            ["tag"] = "plan",
            ["price"] = plan["price"]?.DeepClone() ?? 0,
            ["currency"] = Text("currency"),
            ["quantity"] = Plenty,
            ["providers"] = plan["paymentProviders"]?.DeepClone(),
            ["state"] = "Published",
        };

        string Text(string property) => ObjectTarget.Text(plan, property);
    }
}
