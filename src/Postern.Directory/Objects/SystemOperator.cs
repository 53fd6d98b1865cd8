namespace Postern.Directory.Objects;

/// <summary>Who starts the server, and how a new password reaches them.</summary>
public sealed record SystemOperator
{
    public const string PasswordVariable = "POSTERN_ADMIN_PASSWORD";

    /// <summary>A start without anybody at it: what is made is told to the caller alone.</summary>
    public static readonly SystemOperator Nobody = new() { ReadsTerminal = true };

    /// <summary>The password that the administrator shall have; null = a random one.</summary>
    public string? GivenPassword { get; init; }

    /// <summary>What is printed is read on a terminal; elsewhere it may end up in a log, where a password must not be.</summary>
    public bool ReadsTerminal { get; init; }

    public string PasswordFile { get; init; } = "data/admin-password";

    public static SystemOperator OfProcess() => new()
    {
        GivenPassword = Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } given ? given : null,
        ReadsTerminal = !Console.IsOutputRedirected,
    };
}
