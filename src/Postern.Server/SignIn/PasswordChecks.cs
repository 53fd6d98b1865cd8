using Postern.Server.Data;
using Postern.Server.Data.Secrets;
using Postern.Server.Hosting;

namespace Postern.Server.SignIn;

/// <summary>Compares passwords, no more at once than there are cores: each costs one for a while, and other sign-ins need them too.</summary>
public sealed class PasswordChecks(SecretStore secrets) : IDisposable
{
    private static readonly string NobodysHash = PasswordHashes.Hash("nobody's password");

    /// <summary>More would wait longer than a person does, and than a proxy in front of us.</summary>
    private const int MostWaiting = 64;
    private int waiting;
    private readonly SemaphoreSlim cores = new(Environment.ProcessorCount);

    /// <summary>
    /// Whether this is the user's password, and our own hash of a right one that was kept in another way (contract 5.3). For
    /// nobody, and for a user without one, it takes as long and is false.
    /// </summary>
    /// <exception cref="OverloadedException">Too many wait already.</exception>
    public async Task<PasswordCheck> CheckAsync(User? user, string password, string organizationSalt, CancellationToken cancel)
    {
        if (Interlocked.Increment(ref waiting) > MostWaiting + Environment.ProcessorCount)
        {
            Interlocked.Decrement(ref waiting);
            throw new OverloadedException("more passwords wait to be compared than the processors can compare in time");
        }

        try
        {
            return await CompareAsync(user, password, organizationSalt, cancel);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    public void Dispose() => cores.Dispose();

    private async Task<PasswordCheck> CompareAsync(User? user, string password, string organizationSalt, CancellationToken cancel)
    {
        await cores.WaitAsync(cancel);
        try
        {
            var hash = user is null ? "" : secrets.Read(SecretColumn.UserPassword, user.Id, user.Password);
            var salt = user is null ? "" : secrets.Read(SecretColumn.UserPasswordSalt, user.Id, user.PasswordSalt);
            return await Task.Run(() => Compare(user?.PasswordType ?? "", hash, [organizationSalt, salt], password), CancellationToken.None);
        }
        finally
        {
            cores.Release();
        }
    }

    private static PasswordCheck Compare(string type, string hash, string[] salts, string password)
    {
        if (hash.Length == 0 || type is PasswordHashes.Type or "")
        {
            return new(PasswordHashes.Verify(hash.Length > 0 && type.Length > 0 ? hash : NobodysHash, password) && hash.Length > 0 && type.Length > 0, null);
        }

        if (LegacyHashes.Verify(type, hash, salts.Distinct(), password))
        {
            return new(true, PasswordHashes.Hash(password));
        }

        if (!LegacyHashes.IsSlow(type))
        {
            // A fast one must not show by its haste that this name exists.
            PasswordHashes.Verify(NobodysHash, password);
        }

        return default;
    }
}

/// <summary>Whether a password is right, and the hash that shall replace the stored one, or null.</summary>
public readonly record struct PasswordCheck(bool IsRight, string? NewHash);
