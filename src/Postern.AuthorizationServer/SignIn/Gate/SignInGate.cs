using Postern.AuthorizationServer.Refusals;
using Postern.Directory.Credentials;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>
/// May this user sign in to this application, by this method, from here, now? Every way that issues a session, a code or a token asks, and a
/// refusal is recorded here. It ends nothing: what a user has goes on until it expires, and works again when the reason is gone.
/// </summary>
public sealed class SignInGate(Database database, SecretStore secrets, AuditedRefusals refusals, AuthorizationServerOptions options, TimeProvider clock)
{
    public async Task<GateVerdict> JudgeAsync(SignInAttempt attempt, CancellationToken cancel)
    {
        var (application, user) = (attempt.Application, attempt.User);
        var isForeign = user.OrganizationId != application.OrganizationId;
        var isNamed = application.HasPermissions && !GateRules.IsExempt(application, user);
        // Most sign-ins read nothing here: what they need came with the application and the user.
        var (organization, permissions) = !isForeign && !isNamed ? (OrganizationLimits.Of(application), PermissionVerdict.Silent)
            : await database.ReadAsync(async connection => (
                isForeign ? await OrganizationLimits.FindAsync(connection, user.OrganizationId) : OrganizationLimits.Of(application),
                isNamed ? await ApplicationPermissions.FindAsync(connection, application, user) : PermissionVerdict.Silent), cancel);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var verdict = Admission.Judge(new GateFacts(attempt, organization, UserLimits.Of(user), now)
        {
            HasSandbox = options.HasSandbox,
            HasSecretFactor = attempt.IsByPassword && SecondFactors.HasSecret(user, secrets),
            Permissions = permissions,
        });
        if (verdict.IsRefused(out var refusal, out _))
        {
            await refusals.AddAsync(Record(attempt, refusal.Detail, now), application.ClientId, refusal.Cause);
        }

        return verdict;
    }

    private static AuditRecord Record(SignInAttempt attempt, string detail, long now) => new()
    {
        Organization = attempt.User.Owner,
        CreatedTime = now,
        ClientIp = attempt.Address,
        User = attempt.User.Name,
        UserId = attempt.User.Id,
        Method = attempt.Method,
        RequestUri = attempt.Path,
        Action = "signin-refused",
        Verdict = Verdicts.Refused,
        Target = attempt.Application.Name,
        Detail = detail,
    };
}
