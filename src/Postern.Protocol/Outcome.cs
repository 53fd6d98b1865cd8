using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol;

/// <summary>A value or a refusal. Refusals are values; surprises are exceptions.</summary>
public readonly struct Outcome<T>
{
    private readonly T? value;

    private Outcome(T? value, OAuthError? refusal) => (this.value, Refusal) = (value, refusal);

    public OAuthError? Refusal { get; }

    public bool IsRefused([NotNullWhen(true)] out OAuthError? refusal, [MaybeNullWhen(true)] out T result)
    {
        refusal = Refusal;
        result = value;
        return refusal is not null;
    }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(OAuthError refusal) => new(default, refusal);
}
