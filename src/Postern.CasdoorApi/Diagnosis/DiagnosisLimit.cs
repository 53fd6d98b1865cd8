using Postern.Storage.Bounded;

namespace Postern.CasdoorApi.Diagnosis;

/// <summary>Diagnoses per provider and minute: each asks WeChat twice, which counts such calls.</summary>
public sealed class DiagnosisLimit(TimeProvider clock)
{
    private const int PerMinute = 6;
    private readonly FixedWindowCounter counts = new(cells: 4_096, clock);

    /// <summary>Counts one; false where there were enough in this minute.</summary>
    public bool Admit(string providerId) => counts.Add(providerId) <= PerMinute;
}
