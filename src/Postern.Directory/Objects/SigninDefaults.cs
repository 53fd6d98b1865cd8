using System.Text.Json.Nodes;

namespace Postern.Directory.Objects;

/// <summary>What a new application's sign-in and sign-up pages show (<c>add-application</c>).</summary>
public static class SigninDefaults
{
    private static readonly string[] SigninItemNames =
    [
        "Back button", "Languages", "Logo", "Signin methods", "Username", "Password", "Verification code", "Agreement",
        "Forgot password?", "Login button", "Signup link", "Providers",
    ];

    /// <summary>Derived from the flags of the application; "Face ID" stands in every list that Casdoor derives.</summary>
    public static JsonArray Methods(JsonObject application)
    {
        var methods = new JsonArray();
        Add("enablePassword", "Password", "All");
        Add("enableCodeSignin", "Verification code", "All");
        Add("enableWebAuthn", "WebAuthn", "None");
        methods.Add(Method("Face ID", "None"));
        return methods;

        void Add(string flag, string name, string rule)
        {
            if (application[flag] is JsonValue value && value.GetValue<bool>())
            {
                methods.Add(Method(name, rule));
            }
        }
    }

    public static JsonArray SignupItems() =>
    [
        SignupItem("ID", "Random", isVisible: false),
        SignupItem("Username"),
        SignupItem("Display name"),
        SignupItem("Password"),
        SignupItem("Confirm password"),
        SignupItem("Email"),
        SignupItem("Phone"),
        SignupItem("Agreement"),
        SignupItem("Tag", isVisible: false, isRequired: false),
        SignupItem("Languages", isRequired: false),
    ];

    // Casdoor's items carry style sheets of its own pages; ours have none to adjust.
    public static JsonArray SigninItems() =>
        new([.. SigninItemNames.Select(SigninItem)]);

    private static JsonObject Method(string name, string rule) => new() { ["name"] = name, ["displayName"] = name, ["rule"] = rule };

    public static JsonObject SignupItem(string name, string rule = "None", bool isVisible = true, bool isRequired = true) => new()
    {
        ["name"] = name,
        ["visible"] = isVisible,
        ["required"] = isRequired,
        ["prompted"] = false,
        ["type"] = "",
        ["customCss"] = "",
        ["label"] = "",
        ["placeholder"] = "",
        ["options"] = null,
        ["regex"] = "",
        ["rule"] = rule,
    };

    private static JsonObject SigninItem(string name) => new()
    {
        ["name"] = name,
        ["visible"] = true,
        ["label"] = "",
        ["customCss"] = "",
        ["placeholder"] = "",
        ["rule"] = "None",
        ["isCustom"] = false,
    };
}
