using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.Directory.Credentials.Formats;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.Import.Objects;

/// <summary>The password of Casdoor's first administrator, which stands in its documentation.</summary>
internal static class PublishedPasswords
{
    private const string Published = "123";

    /// <summary>Of the administrator that Casdoor makes.</summary>
    public static bool Concerns(string owner, string name) => (owner, name) == (Organizations.BuiltIn, Users.AdministratorName);

    /// <summary>Whether a user who is not stored yet has it.</summary>
    public static async Task<bool> IsPublishedAsync(DbConnection connection, DbTransaction? transaction, ObjectStore store, string owner, JsonObject user)
    {
        var organization = await ObjectStore.FindAsync(connection, ObjectKinds.Organization, "admin", owner, transaction);
        var salts = new[] { organization is null ? "" : store.Reveal(organization, "passwordSalt"), ObjectTarget.Text(user, "passwordSalt") };
        return IsPublished(ObjectTarget.Text(user, "passwordType"), ObjectTarget.Text(user, "password"), salts);
    }

    /// <param name="type">Casdoor's <c>passwordType</c>; empty = in clear text.</param>
    /// <param name="hash">As the file has it.</param>
    /// <param name="salts">The organization's and the user's: either may be the one.</param>
    public static bool IsPublished(string type, string hash, IEnumerable<string> salts) =>
        PasswordFormats.IsClear(type) ? hash == Published : PasswordFormats.Read(type, hash)?.IsOf(Published, [.. salts.Append("").Distinct(StringComparer.Ordinal)]) ?? false;
}
