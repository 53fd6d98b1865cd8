using Postern.Protocol;

namespace Postern.AuthorizationServer.Pages;

/// <summary>Claims of the user in words, for a page that asks whether a client may have them (OpenID Connect Core §5.5).</summary>
internal static class ClaimWords
{
    private static readonly Dictionary<string, LocalizedText> Words = new(StringComparer.Ordinal)
    {
        ["name"] = new("See your name", "查看您的姓名"),
        ["given_name"] = new("See your first name", "查看您的名字"),
        ["family_name"] = new("See your last name", "查看您的姓氏"),
        ["preferred_username"] = new("See your user name", "查看您的用户名"),
        ["picture"] = new("See your picture", "查看您的头像"),
        ["website"] = new("See your homepage", "查看您的个人主页"),
        ["gender"] = new("See your gender", "查看您的性别"),
        ["birthdate"] = new("See your birthday", "查看您的生日"),
        ["zoneinfo"] = new("See your time zone", "查看您的时区"),
        ["locale"] = new("See your language", "查看您的语言"),
        ["updated_at"] = new("See when your account was last changed", "查看您的账号上次修改的时间"),
        ["email"] = new("See your e-mail address", "查看您的邮箱地址"),
        ["email_verified"] = new("See whether your e-mail address was verified", "查看您的邮箱地址是否已验证"),
        ["phone_number"] = new("See your phone number", "查看您的手机号码"),
        ["phone_number_verified"] = new("See whether your phone number was verified", "查看您的手机号码是否已验证"),
        ["address"] = new("See your address", "查看您的地址"),
        ["groups"] = new("See your groups", "查看您所属的群组"),
        ["roles"] = new("See your roles", "查看您的角色"),
    };

    public static string Of(string claim, Language language) => Words.TryGetValue(claim, out var words) ? words.In(language) : claim;
}
