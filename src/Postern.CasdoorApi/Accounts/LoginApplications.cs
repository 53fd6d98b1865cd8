using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>The application that a browser signs in to. Whether sign-in is open is the gate's to say.</summary>
internal static class LoginApplications
{
    /// <param name="context">The request.</param>
    /// <param name="name">Of the application; empty = the organization's default one.</param>
    /// <param name="clientId">Of the authorization request that rides along; empty = none. It must be the same application's: a code for one must not be got by a sign-in to another.</param>
    /// <param name="organization">Of the user; empty = the application's.</param>
    public static async Task<(Application? Application, LocalizedText? Refusal)> FindAsync(HttpContext context, string name, string clientId, string organization)
    {
        var (application, byClientId) = await context.RequestServices.GetRequiredService<Database>().ReadAsync(async connection =>
        {
            var pool = organization.Length == 0 ? null : await Organizations.FindAsync(connection, organization);
            var wanted = name.Length > 0 ? name : pool?.DefaultApplication ?? "";
            var asked = clientId.Length == 0 ? null : await Applications.FindByClientIdAsync(connection, clientId);
            return (wanted.Length == 0 ? asked : await Applications.FindAsync(connection, wanted), asked);
        }, context.RequestAborted);
        if (clientId.Length > 0 && byClientId is null)
        {
            return (null, new LocalizedText("Invalid client_id", "client_id 无效"));
        }

        if (application is null || !application.IsServed(context.RequestServices.GetRequiredService<CasdoorApiOptions>()))
        {
            return (null, new LocalizedText($"The application: {name} does not exist", $"应用: {name} 不存在"));
        }

        if (byClientId is not null && byClientId.Id != application.Id)
        {
            return (application, new LocalizedText("Invalid client_id", "client_id 无效"));
        }

        // Users of an organization sign in to its own applications, and to those that are shared with all.
        if (organization.Length > 0 && organization != application.Organization && !application.IsShared)
        {
            return (application, new LocalizedText(
                $"The application: {application.Name} does not belong to the organization: {organization}",
                $"应用: {application.Name} 不属于组织: {organization}"));
        }

        return (application, null);
    }
}
