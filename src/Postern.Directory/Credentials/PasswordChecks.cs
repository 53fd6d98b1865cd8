using Postern.Directory.Credentials.Formats;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Directory.Credentials;

/// <summary>
/// Compares and hashes passwords. What costs more than our own hash waits in a lane of its own, so that it never delays what
/// costs no more (docs/passwords.md).
/// </summary>
public sealed partial class PasswordChecks(SecretStore secrets, ILogger<PasswordChecks> logger)
{
    // Computed where there is nothing to compare: it takes as long as our own hash.
    private static readonly StoredHash Dummy = PasswordFormats.Read(PasswordHashes.Type, PasswordHashes.Hash(Guid.NewGuid().ToString()))!;

    /// <summary>More would wait longer than a person does, and than a proxy in front of us.</summary>
    internal PasswordLane Ordinary { get; } = new(Limits(Environment.ProcessorCount, waiting: 32, perOrganization: 24, perUser: 8));

    /// <summary>At most two at once, because each may take 64 MB.</summary>
    internal PasswordLane Costly { get; } = new(Limits(Math.Clamp(Environment.ProcessorCount / 2, 1, 2), waiting: 16, perOrganization: 8, perUser: 4));

    /// <summary>
    /// Whether this is the user's password, and our own hash of a right one that was kept in another way. Where there is no
    /// user, or none with a password that can be compared, it takes as long and is false.
    /// </summary>
    /// <exception cref="OverloadedException">Too many wait already.</exception>
    public async Task<PasswordCheck> CheckAsync(PasswordOwner owner, User? user, string password, string organizationSalt, CancellationToken cancel)
    {
        var stored = user is null ? null : PasswordFormats.Read(user.PasswordType, secrets.Read(SecretColumn.UserPassword, user.Id, user.Password));
        var isTooCostly = stored is { IsAffordable: false };
        if (isTooCostly)
        {
            LogTooCostly(user!.Owner, user.Name, user.PasswordType);
        }

        if (isTooCostly || stored is null || password.Length > PasswordFormats.LongestPassword)
        {
            await Ordinary.RunAsync(owner, () => Dummy.IsOf("", []), cancel);
            return new(false, null) { IsTooCostly = isTooCostly };
        }

        var (isOwn, salts) = (user!.PasswordType == PasswordHashes.Type, new[] { organizationSalt, secrets.Read(SecretColumn.UserPasswordSalt, user.Id, user.PasswordSalt) });
        var lane = stored.Cost.IsWithin(PasswordCost.Ordinary) ? Ordinary : Costly;
        return await lane.RunAsync(owner, () => Compare(stored, isOwn, [.. salts.Distinct()], password), cancel);
    }

    /// <summary>Our hash of a new password.</summary>
    /// <exception cref="OverloadedException">Too many wait already.</exception>
    public Task<string> HashAsync(PasswordOwner owner, string password, CancellationToken cancel) =>
        Ordinary.RunAsync(owner, () => PasswordHashes.Hash(password), cancel);

    private static PasswordCheck Compare(StoredHash stored, bool isOwn, IReadOnlyList<string> salts, string password)
    {
        var isCheap = stored.Cost.Time < 1;
        if (stored.IsOf(password, salts))
        {
            return new(true, isOwn && !isCheap ? null : PasswordHashes.Hash(password));
        }

        if (isCheap)
        {
            // It must not show by its haste that this name exists.
            Dummy.IsOf("", []);
        }

        return default;
    }

    private static LaneLimits Limits(int workers, int waiting, int perOrganization, int perUser) =>
        new(workers, workers * waiting, workers * perOrganization, workers * perUser);

    [LoggerMessage(EventId = 5201, Level = LogLevel.Warning, Message = "The stored password hash of {Organization}/{User} (passwordType {Type}) costs more than the budget and was not computed: set a new password for the user with set-password")]
    private partial void LogTooCostly(string organization, string user, string type);
}

/// <summary>Whether a password is right, and the hash that shall replace the stored one, or null.</summary>
public readonly record struct PasswordCheck(bool IsRight, string? NewHash)
{
    /// <summary>The stored hash costs more than the budget and was not computed: the user needs a new password.</summary>
    public bool IsTooCostly { get; init; }

    /// <summary>How a record says why the password was refused.</summary>
    public string Detail => IsTooCostly ? "the stored password hash costs too much to verify: set a new password" : "wrong password";
}
