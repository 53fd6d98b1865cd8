using System.Collections.Concurrent;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Storage.Secrets;

namespace Postern.Tests.Fixtures;

/// <summary>Hashes of the passwords that fixtures give to users: one for each password, because each costs as much as a whole sign-in.</summary>
internal static class KnownHashes
{
    private static readonly ConcurrentDictionary<string, string> Hashes = new(StringComparer.Ordinal);

    /// <summary>As <see cref="ObjectStore.HashNow"/>, with the hash that another user of this password has already.</summary>
    public static PreparedObject Hashed(this PreparedObject prepared, SecretStore secrets) => prepared.ClearPassword is not { } clear ? prepared : prepared with
    {
        ClearPassword = null,
        Values = new Dictionary<string, object?>(prepared.Values)
        {
            [SecretColumn.UserPassword.Column] = secrets.Protect(SecretColumn.UserPassword, prepared.Id, Hashes.GetOrAdd(clear, PasswordHashes.Hash)),
        },
    };
}
