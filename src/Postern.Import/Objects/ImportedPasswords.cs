using System.Text.Json.Nodes;
using Postern.Directory.Credentials.Formats;
using Postern.Directory.Objects;

namespace Postern.Import.Objects;

/// <summary>Passwords of users that a file or another server brings. One that cannot be taken leaves its user without a password.</summary>
internal static class ImportedPasswords
{
    public static PasswordFault FaultOf(JsonObject user)
    {
        var (password, type) = (ObjectTarget.Text(user, "password"), ObjectTarget.Text(user, "passwordType"));
        return password == ObjectStore.Masked ? PasswordFault.None
            : PasswordFormats.IsClear(type) && PasswordFormats.IsHash(password) ? PasswordFault.HashAsPassword
            : type == Pbkdf2Formats.Salted.Type && !Pbkdf2Formats.IsSalt(ObjectTarget.Text(user, "passwordSalt")) ? PasswordFault.BrokenSalt
            : PasswordFormats.Judge(type, password);
    }

    /// <summary>The user, without a password that cannot be taken.</summary>
    public static JsonObject Usable(JsonObject user)
    {
        if (FaultOf(user) == PasswordFault.None)
        {
            return user;
        }

        var without = user.DeepClone().AsObject();
        foreach (var property in new[] { "password", "passwordType", "passwordSalt" })
        {
            without[property] = "";
        }

        return without;
    }
}
