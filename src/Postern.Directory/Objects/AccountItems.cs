using System.Text.Json.Nodes;

namespace Postern.Directory.Objects;

/// <summary>Who sees and who changes which property of a user, as a new organization has it.</summary>
internal static class AccountItems
{
    // In Casdoor's order; viewRule/modifyRule by their first letters (P Public, S Self, A Admin, I Immutable).
    private const string Items =
        """
        Organization PA, ID PI, Name PA, Display name PS, First name PS, Last name PS, Avatar PS, User type PA, Password SS,
        Email PS, Phone PS, Country code PA, Country/Region PS, Location PS, Address PS, Addresses PS, Affiliation PS, Title PS,
        ID card type PS, ID card PS, ID card info SS, Real name PS, ID verification SS, Homepage PS, Bio PS, Tag PA,
        Language PS, Gender PS, Birthday PS, Education PS, Balance SS, Balance credit SS, Balance currency SS, Cart SS,
        Transactions SS, UID number AA, Score PS, Karma PS, Ranking PS, Signup application PA, Register type PA,
        Register source PA, Roles PI, Permissions PI, Groups PA, Consents SS, 3rd-party logins SS, Properties AA, Is online AA,
        Is admin AA, Is forbidden AA, Is deleted AA, Multi-factor authentication SS, MFA items SS, WebAuthn credentials SS,
        Last change password time AA, Managed accounts SS, Face ID SS, MFA accounts SS, Need update password AA, IP whitelist AA
        """;

    public static JsonArray Default()
    {
        var items = new JsonArray();
        foreach (var item in Items.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            items.Add(new JsonObject
            {
                ["name"] = item[..^3],
                ["visible"] = true,
                ["viewRule"] = Rule(item[^2]),
                ["modifyRule"] = Rule(item[^1]),
                ["regex"] = "",
                ["tab"] = "",
            });
        }

        return items;
    }

    private static string Rule(char letter) => letter switch
    {
        'P' => "Public",
        'S' => "Self",
        'A' => "Admin",
        _ => "Immutable",
    };
}
