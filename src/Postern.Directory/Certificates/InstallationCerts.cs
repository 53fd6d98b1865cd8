using System.Data.Common;
using System.Text.RegularExpressions;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Certificates;

/// <summary>
/// The installation's own keys: <c>cert-built-in</c> for RS256 and RS512, <c>cert-built-in-es256</c> and so on for others, and after each
/// <c>postern keys rotate</c> a further one with a number. A new key stands in the JWKS for an hour before it signs, so that
/// every verifier has it by then; the former ones stay there until they are deleted.
/// </summary>
public static partial class InstallationCerts
{
    public static readonly TimeSpan PublishedBefore = TimeSpan.FromHours(1);

    /// <summary>The name of the first certificate for an algorithm. One RSA key signs with every hash; PS256 has a key of its own.</summary>
    public static string NameOf(SigningAlgorithm algorithm) => algorithm.Family == KeyFamily.Rsa && algorithm != SigningAlgorithms.Ps256
        ? Certs.BuiltIn
        : $"{Certs.BuiltIn}-{algorithm.Name.ToLowerInvariant()}";

    /// <summary>Whether a name is one of theirs: an application that names one follows the rotation.</summary>
    public static bool Are(string name) => Name().IsMatch(name);

    /// <summary>The key that signs now: the newest that was published long enough, else the oldest; null where there is none.</summary>
    public static async Task<Cert?> CurrentAsync(DbConnection connection, string name, DateTimeOffset now)
    {
        var before = (now - PublishedBefore).ToUnixTimeMilliseconds();
        var all = await OfNameAsync(connection, name);
        return all.LastOrDefault(c => c.CreatedTime <= before) ?? (all.Count > 0 ? all[0] : null);
    }

    /// <summary>Whether this one signs now, or is the only one of its kind.</summary>
    public static async Task<bool> SignsAsync(DbConnection connection, string name, DateTimeOffset now) =>
        await CurrentAsync(connection, Name().Match(name) is { Success: true } match && match.Groups[3].Success ? name[..match.Groups[3].Index] : name, now) is not { } current
        || current.Name == name;

    /// <summary>All of one name and its numbers, the oldest first.</summary>
    public static async Task<IReadOnlyList<Cert>> OfNameAsync(DbConnection connection, string name) =>
        [.. (await Certs.OfInstallationAsync(connection)).Where(c => c.Name == name || (c.Name.StartsWith(name + "-", StringComparison.Ordinal) && c.Name[(name.Length + 1)..].All(char.IsAsciiDigit)))
            .OrderBy(c => c.CreatedTime).ThenBy(c => c.Id, StringComparer.Ordinal)];

    [GeneratedRegex(@"^cert-built-in(-(es256|es384|es512|ps256))?(-[0-9]+)?\z")]
    private static partial Regex Name();
}
