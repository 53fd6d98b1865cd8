using System.Text.Json.Nodes;

namespace Postern.Directory.Objects.Kinds;

/// <summary>The shapes of what stands in lists and objects of the kinds, by name. What they do not declare is a client's own and is kept.</summary>
public static class Parts
{
    public static IReadOnlyDictionary<string, ObjectShape> All { get; } = new Dictionary<string, ObjectShape>(StringComparer.Ordinal)
    {
        ["AccountItem"] = new("name N, visible B, viewRule S, modifyRule S, regex S, tab S"),
        ["Address"] = new("tag S, line1 S, line2 S, city S, state S, zipCode S, region S"),
        ["ConsentRecord"] = new("application S, grantedScopes S[]"),
        ["CustomScope"] = new("scope S, displayName S, description S(8000)"),
        ["Expression"] = new("name N, operator S, value S(8000)"),
        ["FaceId"] = new("name N, faceIdData F[](4096), imageUrl P"),
        ["FormItem"] = new("name N, label S, visible B, width S"),
        ["Header"] = new("name N, value S(8000)"),
        ["JwtItem"] = new("name N, category S, value S(8000), type S"),
        ["ManagedAccount"] = new("application S, username S, password S, signinUrl U"),
        ["MfaAccount"] = new("accountName S, issuer S, secretKey S, origin L"),
        ["MfaItem"] = new("name N, rule S"),
        ["MfaProps"] = new("enabled B, isPreferred B, mfaType S, secret S, countryCode S, url L, recoveryCodes S[], mfaRememberInHours I(0..876000)"),
        ["NodeItem"] = new("name N, version S, diff T, pid I, status S, message T, provider S"),
        ["ProductInfo"] = new(
            """
            owner N, name N, createdTime S, displayName S, image P, detail T, price F, currency S, isRecharge B, quantity I(0..1000000000),
            pricingName N, planName N
            """),
        ["ProviderItem"] = new(
            """
            owner N, name N, canSignUp B, canSignIn B, canUnlink B, bindingRule S[], countryCodes S[], prompted B, signupGroup S,
            rule S, provider Provider
            """),
        ["SamlItem"] = new("name N, nameFormat S, value S(8000)"),
        ["ScopeItem"] = new("name N, displayName S, description S(8000), tools S[]"),
        ["SigninItem"] = new("name N, visible B, label T, customCss T, placeholder S, rule S, isCustom B"),
        ["SigninMethod"] = new("name N, displayName S, rule S"),
        ["SignupItem"] = new(
            """
            name N, visible B, required B, prompted B, type S, customCss T, label T, placeholder S, options S[], regex S, rule S
            """),
        ["TableColumn"] = new("name N, type S, casdoorName S, isKey B, isHashed B, values S[]"),
        ["ThemeData"] = new("themeType S, colorPrimary S, borderRadius I(0..10000), isCompact B, isEnabled B"),
        ["TicketMessage"] = new("author S, text T, timestamp S, isAdmin B"),
    };

    /// <summary>What is stored and shown of them, and nothing here acts on (docs/properties.md).</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> KeptOnly { get; } = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal)
    {
        ["AccountItem"] = ObjectShape.Words("visible tab"),
        ["ProviderItem"] = ObjectShape.Words("canUnlink bindingRule countryCodes prompted signupGroup rule"),
        ["ScopeItem"] = ObjectShape.Words("tools"),
        ["ThemeData"] = ObjectShape.Words("themeType borderRadius isCompact"),
    };

    /// <summary>The shape of that name; null where there is none: another kind's, or no name at all.</summary>
    public static ObjectShape? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Gives the parts of a value the zero values of the keys that they lack.</summary>
    public static void Fill(string type, JsonNode? value)
    {
        switch (value)
        {
            case JsonArray list when type.EndsWith("[]", StringComparison.Ordinal) && All.ContainsKey(type[..^2]):
                foreach (var item in list)
                {
                    Fill(type[..^2], item);
                }

                break;
            case JsonObject one when Find(type) is { } part:
                foreach (var property in part.Properties)
                {
                    if (!property.MayBeAbsent && one[property.Name] is null && (property.MayBeNull ? !one.ContainsKey(property.Name) : true))
                    {
                        one[property.Name] = part.ZeroOf(property.Name);
                    }

                    Fill(property.Type, one[property.Name]);
                }

                break;
        }
    }
}
