using System.Data.Common;
using System.Net.Mail;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Credentials;
using Postern.Directory.Identities;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>What name, e-mail address and telephone of a user must be, wherever they are set.</summary>
public static class UserRules
{
    private const int LongestEmail = 254;
    private const int Chunk = 500;

    private static readonly (string Column, LocalizedText Sentence)[] Once =
        [("name", new LocalizedText("Username already exists", "用户名已存在")), ("email", new LocalizedText(
            "Email already exists",
            "邮箱已存在")), ("phone", new LocalizedText("Phone already exists", "手机号已存在"))];

    public static LocalizedText? RefuseName(string name, Organization? organization) =>
        name.Length == 0 ? new LocalizedText("Empty username.", "用户名不能为空。")
        : name.Length > UserNames.MaxBytes ? new LocalizedText(
            $"Username is too long (maximum is {UserNames.MaxBytes} characters).",
            $"用户名过长（最多 {UserNames.MaxBytes} 个字符）。")
        : name.StartsWith(UserNames.WeChatPrefix, StringComparison.OrdinalIgnoreCase) ? new LocalizedText(
            $"Usernames that begin with {UserNames.WeChatPrefix} are reserved",
            $"以 {UserNames.WeChatPrefix} 开头的用户名由系统保留")
        : UserNames.IsLegal(name) || (organization is { UseEmailAsUsername: true } && IsEmail(name)) ? null
        : new LocalizedText(
            "The username may only contain alphanumeric characters, underlines or hyphens, cannot have consecutive hyphens or underlines, and cannot begin or end with a hyphen or underline.",
            "用户名只能包含字母、数字、下划线或连字符，不能有连续的连字符或下划线，也不能以连字符或下划线开头或结尾。");

    /// <summary>A user's nickname is written by its user and shown to other users.</summary>
    public static void CleanDisplayName(JsonObject document)
    {
        if (Text(document, "displayName") is { Length: > 0 } name)
        {
            document["displayName"] = ControlCharacters.TakeOut(name);
        }
    }

    /// <summary>An avatar becomes an address in other people's pages: users themselves name one of the web.</summary>
    public static LocalizedText? RefuseAvatar(string avatar) => avatar.Length == 0 || SigninProfile.IsPicture(avatar) ? null : new LocalizedText(
        "avatar must be empty or an http or https address",
        "avatar 必须为空，或为 http 或 https 地址");

    /// <summary>
    /// Judges e-mail address and telephone where the document sets them. Numbers are compared to find doubles, so they are
    /// kept without what people write between digits, and without mainland China's code.
    /// </summary>
    public static LocalizedText? RefuseContacts(JsonObject document)
    {
        if (Text(document, "email") is { Length: > 0 } email && !IsEmail(email))
        {
            return new LocalizedText("Email is invalid: it must be one address like name@example.com", "邮箱无效：必须是一个类似 name@example.com 的地址");
        }

        if (Text(document, "phone") is not { Length: > 0 } text)
        {
            return null;
        }

        var phone = string.Concat(text.Where(c => c is not (' ' or '-' or '(' or ')')));
        var digits = phone.StartsWith('+') ? phone[1..] : phone;
        if (digits.Length is < 4 or > 15 || !digits.All(char.IsAsciiDigit))
        {
            return new LocalizedText("Phone number is invalid", "手机号无效");
        }

        document["phone"] = phone.StartsWith("+86", StringComparison.Ordinal) ? phone[3..] : phone;
        return null;
    }

    /// <summary>Whether a write of these values is answered by what other users have.</summary>
    public static bool IsAsked(IReadOnlyDictionary<string, object?> values) => Once.Any(o => values.GetValueOrDefault(o.Column) is string { Length: > 0 });

    /// <summary>
    /// Name, e-mail address and telephone are an organization's once each. Its row is the lock: there is no unique index
    /// over what may be empty or imported twice.
    /// </summary>
    /// <param name="connection">The write's.</param>
    /// <param name="transaction">The write's.</param>
    /// <param name="owner">The organization.</param>
    /// <param name="id">The user who may have them.</param>
    /// <param name="values">Column to value; what it does not have is not asked for.</param>
    public static async Task<LocalizedText?> RefuseTakenAsync(
        DbConnection connection, DbTransaction transaction, string owner, string id, IReadOnlyDictionary<string, object?> values)
    {
        foreach (var (column, sentence) in Once)
        {
            if (values.GetValueOrDefault(column) is not string { Length: > 0 } value)
            {
                continue;
            }

            await Organizations.LockAsync(connection, owner, transaction);
            // Of two names that differ only by letter case none would be found by a third spelling (docs/sign-in-names.md).
            if (await connection.ExecuteScalarAsync<long>(
                $"""
                select count(*) from users
                where owner = @owner and {SignInNames.Folded(column)} = {SignInNames.Folded("@value")} and {column} <> '' and lower({column}) = lower(@value) and id <> @id
                """, new { owner, value, id }, transaction) > 0)
            {
                return sentence;
            }
        }

        return null;
    }

    /// <summary>The same for many new users of one organization: which of them is the first that may not be, and why; null where all may.</summary>
    public static async Task<(int Index, LocalizedText Sentence)?> FindTakenAsync(
        DbConnection connection, DbTransaction transaction, string owner, IReadOnlyList<IReadOnlyDictionary<string, object?>> users)
    {
        await Organizations.LockAsync(connection, owner, transaction);
        (int Index, LocalizedText Sentence)? first = null;
        foreach (var (column, sentence) in Once)
        {
            // As both databases fold: only ASCII's capitals have small letters.
            var wanted = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < users.Count; i++)
            {
                if (users[i].GetValueOrDefault(column) is string { Length: > 0 } value && !wanted.TryAdd(LikePattern.AsciiLower(value), i))
                {
                    Note(i);
                    break;
                }
            }

            foreach (var some in wanted.Keys.Chunk(Chunk))
            {
                var parameters = new DynamicParameters(new { owner });
                var taken = await connection.QueryAsync<string>(
                    $"""
                    select {column} from users
                    where owner = @owner and {column} <> '' and {SignInNames.Folded(column)} in {ParameterList.AddList(parameters, "value", some.Select(Beginning))}
                    """, parameters, transaction);
                foreach (var index in taken.Select(LikePattern.AsciiLower).Where(wanted.ContainsKey).Select(v => wanted[v]))
                {
                    Note(index);
                }
            }

            void Note(int index)
            {
                if (first is null || index < first.Value.Index)
                {
                    first = (index, sentence);
                }
            }
        }

        return first;
    }

    /// <summary>The part that the indexes have, counted as the databases count characters.</summary>
    private static string Beginning(string text) => string.Concat(text.EnumerateRunes().Take(100));

    private static bool IsEmail(string text) =>
        text.Length <= LongestEmail && MailAddress.TryCreate(text, out var address) && address.Address == text && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '"');

    private static string Text(JsonObject document, string property) => document[property]?.GetValue<string>() ?? "";
}
