using System.Text.Json.Nodes;
using Postern.Server.Casdoor.Objects;
using Postern.Server.SignIn.Formats;

namespace Postern.Server.Hosting.InitData;

/// <summary>Passwords of users whom a file or another server brings. One that cannot be taken leaves its user without a password.</summary>
internal static class ImportedPasswords
{
    public static PasswordFault FaultOf(JsonObject user) => ObjectTarget.Text(user, "password") is var password && password != ObjectStore.Masked
        ? PasswordFormats.Judge(ObjectTarget.Text(user, "passwordType"), password)
        : PasswordFault.None;

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
