using System.Security.Cryptography;
using System.Text;

namespace Postern.Directory.Credentials.Formats;

/// <summary>A format of password hashes.</summary>
/// <param name="Type">Its <c>passwordType</c>.</param>
/// <param name="Read">Reads a hash; null where the text is no hash of this format.</param>
public sealed record PasswordFormat(string Type, Func<string, StoredHash?> Read);

/// <summary>A password hash that was read: what it costs, and how a password is compared with it.</summary>
public sealed class StoredHash(PasswordCost cost, Func<string, IReadOnlyList<string>, bool> compare)
{
    public PasswordCost Cost => cost;

    public bool IsAffordable => cost.IsWithin(PasswordCost.Budget);

    /// <param name="password">As it was typed.</param>
    /// <param name="salts">The organization's and the user's: either may be the one that the hash was made with.</param>
    public bool IsOf(string password, IReadOnlyList<string> salts)
    {
        try
        {
            return IsAffordable && compare(password, salts);
        }
        catch (Exception e) when (e is BCrypt.Net.SaltParseException or FormatException or ArgumentException or CryptographicException)
        {
            // A detail that its library refuses: such a hash opens nothing.
            return false;
        }
    }

    /// <summary>Compared in constant time; an empty stored text equals nothing.</summary>
    public static bool Equal(string stored, string computed) =>
        stored.Length > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(stored), Encoding.UTF8.GetBytes(computed));
}
