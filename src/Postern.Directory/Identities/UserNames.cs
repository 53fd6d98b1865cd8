using System.Text.RegularExpressions;

namespace Postern.Directory.Identities;

/// <summary>Which names a user may have.</summary>
public static partial class UserNames
{
    /// <summary>Names that begin so are reserved for those made from an openid.</summary>
    public const string WeChatPrefix = "wechat-";

    public const int MaxBytes = 255;

    /// <summary>ASCII letters and digits with single <c>-</c>, <c>.</c> or <c>_</c> between them.</summary>
    public static bool IsLegal(string name) => name.Length is > 0 and <= MaxBytes && Legal().IsMatch(name);

    /// <summary>The name that a Mini Program user would like: the one asked for where it is legal, else the one of the openid.</summary>
    public static string Wanted(string? username, string openid) =>
        username is not null && IsLegal(username) && !username.StartsWith(WeChatPrefix, StringComparison.OrdinalIgnoreCase)
            ? username
            : OfOpenId(openid);

    public static string OfOpenId(string openid) => WeChatPrefix + openid;

    [GeneratedRegex("^[a-zA-Z0-9]+([-._][a-zA-Z0-9]+)*\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Legal();
}
