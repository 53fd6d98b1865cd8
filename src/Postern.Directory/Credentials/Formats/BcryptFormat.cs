using System.Text.RegularExpressions;

namespace Postern.Directory.Credentials.Formats;

/// <summary><c>$2b$COST$…</c>: each step of the cost doubles the time. Bytes of the password after the 72nd change nothing.</summary>
internal static partial class BcryptFormat
{
    public static readonly PasswordFormat Format = new("bcrypt", Read);

    /// <summary>The cost that takes about as long as our own hash.</summary>
    private const int OurCost = 10;

    private static StoredHash? Read(string hash) => Form().Match(hash) is not { Success: true } match ? null
        : new(new(Math.Pow(2, FormatNumber.Read(match.Groups[1].Value) - OurCost), 4), (password, _) => BCrypt.Net.BCrypt.Verify(password, hash));

    [GeneratedRegex(@"^\$2[abxy]?\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}\z")]
    private static partial Regex Form();
}
