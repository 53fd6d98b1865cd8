using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;
using Postern.Server.Hosting;
using Postern.Server.OAuth;
using Postern.Server.SignIn;

namespace Postern.Server.Casdoor.Accounts;

/// <summary><c>POST /api/login</c> (contract 6.1), for now the sign-in of a browser by password.</summary>
internal static class LoginEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var options = services.GetRequiredService<PosternOptions>();
        // Else a foreign page could sign its visitor in here as somebody of its choice.
        if (!SameOrigin.Allows(context.Request, options))
        {
            return Envelope.Denied();
        }

        var read = await RequestBody.ReadAsync(context, "AuthForm");
        if (read.Value is not { } form)
        {
            return Envelope.Error(read.Refusal);
        }

        var (organization, name, password) = (Text("organization"), Text("username"), Text("password"));
        if (Text("type") is not "login" and var type)
        {
            return Envelope.Error("unknown response type: " + type);
        }

        if (name.Length == 0)
        {
            return Envelope.Error("Unknown authentication type (not password or provider)");
        }

        if (password.Length is 0 or > PasswordOptions.Longest)
        {
            return Envelope.Error(password.Length == 0 ? "Password cannot be empty" : "Password is too long");
        }

        var (application, refusal) = await FindApplicationAsync(services.GetRequiredService<Database>(), options, Text("application"), organization, context.RequestAborted);
        if (application is null || refusal.Length > 0)
        {
            services.GetRequiredService<RefusalCounts>().Add(application?.ClientId ?? RefusalCounts.UnknownClient, "no_signin");
            return Envelope.Error(refusal);
        }

        var guesses = services.GetRequiredService<RefusedRequests>();
        if (guesses.Judge(context.PeerAddress(), application.ClientId) is { } limit)
        {
            return Refusals.Of(limit);
        }

        var outcome = await services.GetRequiredService<PasswordSignIn>().SignInAsync(application, new PasswordAttempt(
            organization.Length > 0 ? organization : application.Organization, name, password, IsPersistent: form["autoSignin"]?.GetValueKind() == System.Text.Json.JsonValueKind.True,
            context.PeerAddress(), context.Request.Path), context.RequestAborted);
        if (outcome is not { User: { } user, Session: { } session })
        {
            guesses.Note(context.PeerAddress(), application.ClientId);
            return Envelope.Error(outcome.Refusal);
        }

        services.GetRequiredService<Sessions>().SetCookie(context, session);
        context.Response.Headers.CacheControl = "no-store";
        return Envelope.Ok($"{user.Owner}/{user.Name}");

        string Text(string property) => ObjectTarget.Text(form, property);
    }

    private static async Task<(Application? Application, string Refusal)> FindApplicationAsync(
        Database database, PosternOptions options, string name, string organization, CancellationToken cancel)
    {
        var (application, own) = await database.ReadAsync(async connection =>
        {
            var pool = organization.Length == 0 ? null : await Organizations.FindAsync(connection, organization);
            var wanted = name.Length > 0 ? name : pool?.DefaultApplication ?? "";
            return (await Applications.FindAsync(connection, wanted), pool);
        }, cancel);
        if (application is null || (application.IsDemo && !options.HasSandbox))
        {
            return (null, $"The application: {name} does not exist");
        }

        // Users of an organization sign in to its own applications, and to those that are shared with all.
        if (organization.Length > 0 && organization != application.Organization && !application.IsShared)
        {
            return (application, $"The application: {application.Name} does not belong to the organization: {organization}");
        }

        return application.DisableSignin || application.OrganizationDisablesSignin || own is { DisableSignin: true }
            ? (application, $"The application: {application.Name} has disabled users to signin")
            : application.EnablePassword ? (application, "")
            : (application, "The login method: login with password is not enabled for the application");
    }
}
