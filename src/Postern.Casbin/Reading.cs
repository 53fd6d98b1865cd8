using System.Diagnostics.CodeAnalysis;

namespace Postern.Casbin;

/// <summary>What a text or a list was read as: a value, or the sentence that refuses it. Bad input is never an exception.</summary>
public readonly struct Reading<T>
    where T : class
{
    private readonly T? value;

    private Reading(T? value, string? refusal) => (this.value, Refusal) = (value, refusal);

    /// <summary>Why there is no value; null when there is one.</summary>
    public string? Refusal { get; }

    public bool IsRefused([NotNullWhen(true)] out string? refusal, [NotNullWhen(false)] out T? result)
    {
        refusal = Refusal ?? (value is null ? "Nothing was read." : null);
        result = value;
        return refusal is not null;
    }

    public static implicit operator Reading<T>(T value) => new(value, null);

    internal static Reading<T> Refused(string refusal) => new(null, refusal);
}
