using System.Globalization;
using Postern.Protocol;

namespace Postern.Directory.Identities;

/// <summary>
/// Ids of users: the <c>sub</c> of tokens. The server makes them; imports and global administrators may bring the ids that
/// users had elsewhere.
/// </summary>
public static class UserIds
{
    public const int MaxLength = 100;

    /// <summary>The sentence for an id that cannot be one, or null.</summary>
    public static LocalizedText? Refuse(string id) => id.Length is 0 or > MaxLength || id.EnumerateRunes().Any(r => !IsShown(System.Text.Rune.GetUnicodeCategory(r)))
        ? new LocalizedText(
            $"id must have 1 to {MaxLength} characters that can be seen: no blanks, no control or format characters",
            $"id 必须有 1 到 {MaxLength} 个可见字符：不能有空格、控制字符或格式字符")
        : null;

    /// <summary>The sentence for an id that a user has or had.</summary>
    public static LocalizedText Taken(string id) => new LocalizedText($"The id: {id} is or was another user's", $"ID：{id} 现在或曾经属于其他用户");

    private static bool IsShown(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
