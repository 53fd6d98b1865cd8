using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>
/// Proof that the rules admit this user to this application. All code that issues a session, a code or a token requires one, and only the
/// rules create one: a sign-in method that skips the gate does not compile.
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
