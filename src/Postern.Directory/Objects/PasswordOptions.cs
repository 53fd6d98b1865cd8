using System.Text.Json.Nodes;
using Postern.Directory.Credentials.Formats;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>What an organization asks of a new password (<c>passwordOptions</c>).</summary>
public static class PasswordOptions
{
    /// <summary>Characters. A longer one is refused at sign-in too.</summary>
    public const int Longest = PasswordFormats.LongestPassword;

    /// <summary>Why the organization refuses this as the user's new password, or null.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="organization">The user's; null where it is gone.</param>
    /// <param name="password">In clear text.</param>
    public static string? Refuse(User user, Organization? organization, string password) => Refuse(
        organization?.PasswordOptions ?? "[]", password,
        [user.Name, user.DisplayName, user.Email, user.Phone, user.Owner, organization?.DisplayName ?? ""]);

    /// <summary>The sentence that refuses this password, or null.</summary>
    /// <param name="options">The organization's, a JSON array of names; a name that nobody knows asks nothing.</param>
    /// <param name="password">In clear text.</param>
    /// <param name="about">Of the user and the organization: what a password must not be made of where that is asked.</param>
    public static string? Refuse(string options, string password, IEnumerable<string> about)
    {
        return RefuseLength(password) ?? (JsonNode.Parse(options) as JsonArray ?? []).OfType<JsonValue>()
            .Select(o => o.TryGetValue<string>(out var option) ? Refusal(option, password, about) : null)
            .FirstOrDefault(r => r is not null);
    }

    /// <summary>All that is asked of a password that an administrator gives a new user (<c>add-user</c>).</summary>
    public static string? RefuseLength(string password) =>
        password.Length > Longest ? $"The password must have at most {Longest} characters" : null;

    private static string? Refusal(string option, string password, IEnumerable<string> about) => option switch
    {
        "AtLeast6" => Runes(password) >= 6 ? null : "The password must have at least 6 characters",
        "AtLeast8" => Runes(password) >= 8 ? null : "The password must have at least 8 characters",
        "Aa123" => password.Any(char.IsUpper) && password.Any(char.IsLower) && password.Any(char.IsDigit) ? null
            : "The password must contain at least one uppercase letter, one lowercase letter and one digit",
        "SpecialChar" => password.Any(c => char.IsPunctuation(c) || char.IsSymbol(c)) ? null
            : "The password must contain at least one special character",
        "NoRepeat" => password.Zip(password.Skip(1)).All(pair => pair.First != pair.Second) ? null
            : "The password must not contain any repeated characters",
        "NotGuessable" => GuessablePasswords.IsCommon(password) ? "The password is one of the most used ones: choose another"
            : GuessablePasswords.IsMadeOf(password, about.Append("postern").Append("wechat")) ? "The password must not be made of a name, address or number of the user or the organization"
            : null,
        _ => null,
    };

    private static int Runes(string password) => password.EnumerateRunes().Count();
}
