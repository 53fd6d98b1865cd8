namespace Postern.Directory.Credentials.Formats;

/// <summary>What one computation of a password hash costs.</summary>
/// <param name="Time">In computations of our own hash (<see cref="PasswordHashes.Iterations"/>).</param>
/// <param name="Memory">In KiB.</param>
public readonly record struct PasswordCost(double Time, double Memory)
{
    /// <summary>The most that a hash may cost, of any format: it is judged where a hash is written and again before it is computed (docs/passwords.md).</summary>
    public static readonly PasswordCost Budget = new(4, 64 * 1024);

    /// <summary>The most that is computed in the ordinary lane; what costs more has a lane of its own.</summary>
    public static readonly PasswordCost Ordinary = new(1, 1024);

    /// <summary>A few digests: nothing that could be measured beside our own hash.</summary>
    public static readonly PasswordCost Trifle = new(0.001, 1);

    public bool IsWithin(PasswordCost limit) => Time <= limit.Time && Memory <= limit.Memory;
}
