using System.Globalization;
using System.Text;

namespace Postern.Directory.Identities;

/// <summary>What a sign-in says about its user: a nickname and an avatar, either of them perhaps absent (empty).</summary>
public sealed record SigninProfile(string Nickname, string Avatar)
{
    private const int LongestNickname = 100;

    // One character to a reader may be any number of marks on one letter.
    private const int LargestNickname = 255;
    private const int LongestAvatar = 2048;

    // What Mini Programs send when there is nothing to send: WeChat has handed out the placeholder nickname since 2022.
    private static readonly string[] Placeholders = ["undefined", "null", "微信用户"];

    // WeChat's grey default pictures, recognised by their content key wherever they are hosted and whatever their size.
    private static readonly string[] DefaultPictures =
    [
        "POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg",
        "icTdbqWNOwNRna42FI242Lcia07jQodd2FJGIYQfG0LAJGFxM4FbnQP6yfMxBgJ0F3YRqJCJ1aPAK2dQagdusBZg",
    ];

    public static SigninProfile Of(string? username, string? avatar) => new(CleanNickname(username), CleanAvatar(avatar));

    private static string CleanNickname(string? username)
    {
        if (string.IsNullOrWhiteSpace(username))
        {
            return "";
        }

        var kept = new StringBuilder(username.Length);
        foreach (var rune in username.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && rune != Rune.ReplacementChar)
            {
                kept.Append(rune);
            }
        }

        var name = kept.ToString().Trim();
        if (name.Length > LongestNickname)
        {
            name = Cut(name);
        }

        return Placeholders.Contains(name, StringComparer.Ordinal) ? "" : name;
    }

    /// <summary>As many whole characters, as a reader sees them, as both bounds allow.</summary>
    private static string Cut(string name)
    {
        var length = 0;
        for (var elements = 0; elements < LongestNickname && length < name.Length; elements++)
        {
            var next = StringInfo.GetNextTextElementLength(name, length);
            if (length + next > LargestNickname)
            {
                break;
            }

            length += next;
        }

        return name[..length];
    }

    /// <summary>Whether it is the address of a picture that others can fetch.</summary>
    public static bool IsPicture(string avatar) =>
        avatar is { Length: > 0 and <= LongestAvatar }
        && !avatar.Any(c => c == ' ' || char.IsControl(c))
        && Uri.TryCreate(avatar, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        // chooseAvatar's temporary path on the phone is spelled as an http address of the host "tmp".
        && uri.Host is not "tmp";

    private static string CleanAvatar(string? avatar) =>
        avatar is not null
        && IsPicture(avatar)
        && !DefaultPictures.Any(p => avatar.Contains(p, StringComparison.Ordinal))
            ? avatar
            : "";
}
