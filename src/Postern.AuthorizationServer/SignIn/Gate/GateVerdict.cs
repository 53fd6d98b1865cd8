using System.Diagnostics.CodeAnalysis;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>An admission, or the reason why there is none.</summary>
public sealed record GateVerdict(Admission? Admission, GateRefusal? Refusal)
{
    public bool IsRefused([NotNullWhen(true)] out GateRefusal? refusal, [NotNullWhen(false)] out Admission? admission)
    {
        (refusal, admission) = (Refusal, Admission);
        return refusal is not null;
    }
}
