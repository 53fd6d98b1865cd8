using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>
/// That the rules admit this user to this application. Whatever issues a session, a code or a token asks for one, and only a verdict of the
/// rules makes one: a way in that forgets the gate does not compile.
/// </summary>
public sealed class Admission
{
    private Admission(SignInAttempt attempt) => Attempt = attempt;

    public Application Application => Attempt.Application;

    public User User => Attempt.User;

    /// <summary>What was admitted.</summary>
    public SignInAttempt Attempt { get; }

    internal static GateVerdict Judge(GateFacts facts) =>
        GateRules.Judge(facts) is { } refusal ? new(null, refusal) : new(new Admission(facts.Attempt), null);
}
