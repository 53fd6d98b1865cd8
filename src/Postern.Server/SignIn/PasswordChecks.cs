using Postern.Server.Data;
using Postern.Server.Data.Secrets;

namespace Postern.Server.SignIn;

/// <summary>Compares passwords, no more at once than there are cores: each costs one for a while, and other sign-ins need them too.</summary>
public sealed class PasswordChecks(SecretStore secrets) : IDisposable
{
    private static readonly string NobodysHash = PasswordHashes.Hash("nobody's password");
    private readonly SemaphoreSlim cores = new(Environment.ProcessorCount);

    /// <summary>Whether this is the user's password. For nobody, and for a user without one, it takes as long and is false.</summary>
    public async Task<bool> IsRightAsync(User? user, string password, CancellationToken cancel)
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

    public void Dispose() => cores.Dispose();
}
