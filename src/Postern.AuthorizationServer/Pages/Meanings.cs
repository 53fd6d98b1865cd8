using System.Text.Json;
using Postern.AuthorizationServer.Requests;
using Postern.Protocol;

namespace Postern.AuthorizationServer.Pages;

/// <summary>What users allow, in plain words (<see cref="ConsentWords"/>).</summary>
internal static class Meanings
{
    private static readonly Dictionary<string, LocalizedText> Known = new(StringComparer.Ordinal)
    {
        [Scopes.OpenId] = new("Know who you are", "识别您的身份"),
        ["profile"] = new("See your profile: names, picture, gender, birthday, web page, language, time zone", "查看您的资料：姓名、头像、性别、生日、个人主页、语言、时区"),
        ["email"] = new("See your e-mail address", "查看您的邮箱地址"),
        ["phone"] = new("See your phone number", "查看您的手机号码"),
        ["address"] = new("See your address", "查看您的地址"),
        ["groups"] = new("See which groups you are in", "查看您所在的群组"),
        ["roles"] = new("See which roles you have", "查看您拥有的角色"),
        [Scopes.Api] = new("Read and change all that you may read and change on this server", "读取和修改您在本服务器上有权访问的全部内容"),
        [Scopes.ApiRead] = new("Read all that you may read on this server", "读取您在本服务器上有权查看的全部内容"),
        [Scopes.OfflineAccess] = new("Keep access while you are away", "在您离线时保持访问"),
    };

    public static Html ListOf(IEnumerable<string> words, string customScopes, Language language) =>
        Html.Of($"<ul>{Html.Join(words.Select(word => Html.Of($"<li>{Of(word, customScopes, language)}</li>")))}</ul>");

    /// <summary>In our words, else as the application's administrator described it, else by its name.</summary>
    private static string Of(string word, string customScopes, Language language)
    {
        if (Known.TryGetValue(word, out var known))
        {
            return known.In(language);
        }

        if (word.StartsWith(ConsentWords.Resource, StringComparison.Ordinal))
        {
            return new LocalizedText("Use this access at ", "将此授权用于 ").In(language) + word[ConsentWords.Resource.Length..];
        }

        if (word.StartsWith(ConsentWords.Claim, StringComparison.Ordinal))
        {
            return ClaimWords.Of(word[ConsentWords.Claim.Length..], language);
        }

        using var scopes = JsonDocument.Parse(customScopes);
        foreach (var item in scopes.RootElement.ValueKind == JsonValueKind.Array ? scopes.RootElement.EnumerateArray() : default)
        {
            if (item.ValueKind == JsonValueKind.Object && Text(item, "scope") == word)
            {
                return Text(item, "displayName") is { Length: > 0 } name
                    ? Text(item, "description") is { Length: > 0 } description ? $"{name}: {description}" : name
                    : word;
            }
        }

        return word;
    }

    private static string Text(JsonElement item, string property) =>
        item.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
