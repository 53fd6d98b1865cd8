using System.Text.Json.Nodes;
using Postern.Directory.Credentials.Formats;
using Postern.Protocol;
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
    public static LocalizedText? Refuse(User user, Organization? organization, string password) => Refuse(
        organization?.PasswordOptions ?? "[]", password,
        [user.Name, user.DisplayName, user.Email, user.Phone, user.Owner, organization?.DisplayName ?? ""]);

    /// <summary>The sentence that refuses this password, or null.</summary>
    /// <param name="options">The organization's, a JSON array of names; a name that nobody knows asks nothing.</param>
    /// <param name="password">In clear text.</param>
    /// <param name="about">Of the user and the organization: what a password must not be made of where that is asked.</param>
    public static LocalizedText? Refuse(string options, string password, IEnumerable<string> about)
    {
        return RefuseLength(password) ?? (JsonNode.Parse(options) as JsonArray ?? []).OfType<JsonValue>()
            .Select(o => o.TryGetValue<string>(out var option) ? Refusal(option, password, about) : null)
            .FirstOrDefault(r => r is not null);
    }

    /// <summary>All that is asked of a password that an administrator gives a new user (<c>add-user</c>).</summary>
    public static LocalizedText? RefuseLength(string password) =>
        password.Length > Longest ? new LocalizedText($"The password must have at most {Longest} characters", $"密码最多 {Longest} 个字符") : null;

    private static LocalizedText? Refusal(string option, string password, IEnumerable<string> about) => option switch
    {
        "AtLeast6" => Runes(password) >= 6 ? null : new LocalizedText("The password must have at least 6 characters", "密码至少需要 6 个字符"),
        "AtLeast8" => Runes(password) >= 8 ? null : new LocalizedText("The password must have at least 8 characters", "密码至少需要 8 个字符"),
        "Aa123" => password.Any(char.IsUpper) && password.Any(char.IsLower) && password.Any(char.IsDigit) ? null
            : new LocalizedText("The password must contain at least one uppercase letter, one lowercase letter and one digit", "密码必须包含至少一个大写字母、一个小写字母和一个数字"),
        "SpecialChar" => password.Any(c => char.IsPunctuation(c) || char.IsSymbol(c)) ? null
            : new LocalizedText("The password must contain at least one special character", "密码必须包含至少一个特殊字符"),
        "NoRepeat" => password.Zip(password.Skip(1)).All(pair => pair.First != pair.Second) ? null
            : new LocalizedText("The password must not contain any repeated characters", "密码不能包含连续重复的字符"),
        "NotGuessable" => GuessablePasswords.IsCommon(password) ? new LocalizedText(
            "The password is one of the most used ones: choose another",
            "该密码过于常见，请更换")
            : GuessablePasswords.IsMadeOf(password, about.Append("postern").Append("wechat")) ? new LocalizedText(
                "The password must not be made of a name, address or number of the user or the organization",
                "密码不能由用户或组织的名称、邮箱或号码构成")
            : null,
        _ => null,
    };

    private static int Runes(string password) => password.EnumerateRunes().Count();
}
