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

    /// <summary>Whether this is the user's password. For nobody, and for a user without one, it takes as long and is false.</summary>
    /// <exception cref="OverloadedException">Too many wait already.</exception>
    public async Task<bool> IsRightAsync(User? user, string password, CancellationToken cancel)
    {
        if (Interlocked.Increment(ref waiting) > MostWaiting + Environment.ProcessorCount)
        {
            Interlocked.Decrement(ref waiting);
            throw new OverloadedException("more passwords wait to be compared than the processors can compare in time");
        }

        try
        {
            return await CompareAsync(user, password, cancel);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    public void Dispose() => cores.Dispose();

    private async Task<bool> CompareAsync(User? user, string password, CancellationToken cancel)
    {
        await cores.WaitAsync(cancel);
        try
        {
            var hash = user is { PasswordType: PasswordHashes.Type } ? secrets.Read(SecretColumn.UserPassword, user.Id, user.Password) : "";
            return await Task.Run(() => PasswordHashes.Verify(hash.Length > 0 ? hash : NobodysHash, password) && hash.Length > 0, CancellationToken.None);
        }
        finally
        {
            cores.Release();
        }
    }
}
