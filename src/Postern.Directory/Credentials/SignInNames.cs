using System.Data.Common;
using PhoneNumbers;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Credentials;

/// <summary>
/// Finds the user that a typed sign-in name means, for every way in (docs/sign-in-names.md): the user name, or an e-mail address or
/// phone number that an administrator or an import set. What fits more than one user fits none.
/// </summary>
public static class SignInNames
{
    // More candidates than this are not told apart: nothing is chosen among them.
    private const int Most = 10;

    private const string China = "CN";

    /// <summary>As the indexes for searches have it (docs/decisions/0009-lists-at-any-size.md).</summary>
    public static string Folded(string column) => $"lower(substr({column}, 1, 100))";

    /// <summary>The candidates are few and found by an index each; which of them is meant is decided after the read.</summary>
    private static readonly string Candidates =
        $"""
        u.owner = @owner and not u.is_deleted and u.id in (
          select n.id from users n where n.owner = @owner and n.name = @name
          union all select c.id from (select n.id from users n
            where n.owner = @owner and n.name <> '' and {Folded("n.name")} = substr(@form, 1, 100) and not n.is_deleted limit {Most}) c
          union all select c.id from (select n.id from users n
            where n.owner = @owner and n.email <> '' and {Folded("n.email")} = substr(@email, 1, 100) and not n.email_by_user and not n.is_deleted limit {Most}) c
          union all select c.id from (select n.id from users n
            where n.owner = @owner and n.phone in (@phone1, @phone2, @phone3, @phone4) and not n.phone_by_user and not n.is_deleted limit {Most}) c)
        """;

    /// <summary>What all spellings of a name have in common: wrong passwords of a name that no user has are counted by it.</summary>
    public static string Form(string typed)
    {
        var name = typed.Trim();
        return Phone(name) ?? LikePattern.AsciiLower(name);
    }

    /// <param name="connection">Of the read.</param>
    /// <param name="owner">The organization.</param>
    /// <param name="typed">As it was typed.</param>
    /// <returns>The user; null where there is none, or more than one.</returns>
    public static async Task<User?> FindAsync(DbConnection connection, string owner, string typed)
    {
        var name = typed.Trim();
        var (email, phone) = (name.Contains('@', StringComparison.Ordinal) ? LikePattern.AsciiLower(name) : null, Phone(name));
        var stored = phone is null ? [] : StoredForms(phone);
        var users = (await Users.ListAsync(connection, Candidates, new
        {
            owner,
            name,
            form = LikePattern.AsciiLower(name),
            email,
            phone1 = stored.ElementAtOrDefault(0),
            phone2 = stored.ElementAtOrDefault(1),
            phone3 = stored.ElementAtOrDefault(2),
            phone4 = stored.ElementAtOrDefault(3),
        })).ToList();
        if (users.Find(u => u.Name == name) is { } exact)
        {
            return exact;
        }

        var named = users.FindAll(u => LikePattern.AsciiLower(u.Name) == LikePattern.AsciiLower(name));
        var meant = named.Count > 0 ? named : users.FindAll(u => (email is not null && LikePattern.AsciiLower(u.Email) == email) || (phone is not null && IsPhone(u, phone)));
        return meant.Count == 1 && users.Count < Most ? meant[0] : null;
    }

    /// <summary>A phone number without what people write between digits: E.164 with a plus sign, else national; null where the name is none.</summary>
    private static string? Phone(string name)
    {
        var phone = string.Concat(name.Where(c => c is not (' ' or '-' or '(' or ')')));
        phone = phone.StartsWith("00", StringComparison.Ordinal) ? "+" + phone[2..] : phone;
        var digits = phone.StartsWith('+') ? phone[1..] : phone;
        return digits.Length is < 4 or > 15 || !digits.All(char.IsAsciiDigit) ? null
            : phone.StartsWith("+86", StringComparison.Ordinal) ? phone[3..]
            : phone;
    }

    /// <summary>A number is kept as E.164, or national beside its country; the country's code has one to three digits.</summary>
    private static string[] StoredForms(string phone) =>
        phone.StartsWith('+') ? [phone, .. Enumerable.Range(2, 3).Where(i => i < phone.Length).Select(i => phone[i..])] : [phone, "+86" + phone];

    private static bool IsPhone(User user, string phone)
    {
        if (!phone.StartsWith('+') || user.Phone.StartsWith('+'))
        {
            return user.Phone == phone || user.Phone == "+86" + phone;
        }

        var country = user.CountryCode.Length > 0 ? user.CountryCode.ToUpperInvariant() : China;
        return phone == $"+{PhoneNumberUtil.GetInstance().GetCountryCodeForRegion(country)}{user.Phone}";
    }
}
