using System.Text.Json.Nodes;
using Dapper;
using Microsoft.IdentityModel.JsonWebTokens;
using Postern.AuthorizationServer.Outgoing;
using Postern.Directory.Certificates;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>
/// Tells clients that a user signed out (OpenID Connect Back-Channel Logout 1.0). It makes five attempts; the interval doubles each time.
/// A client that cannot be reached is named in the log.
/// </summary>
public sealed partial class BackchannelLogout(
    Database database, SigningKeys keys, OutgoingHttp outgoing, AuthorizationServerOptions options, TimeProvider clock, ILogger<BackchannelLogout> logger)
{
    private const int MostAttempts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(2);
    private static readonly JsonWebTokenHandler Jwt = new() { SetDefaultTimesOnTokenCreation = false };
    private static readonly Dictionary<string, object> Header = new() { ["typ"] = "logout+jwt" };

    /// <summary>Sends the logout notices that are due now.</summary>
    public async Task SendDueAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var due = await database.WriteAsync(async (connection, transaction) =>
            Written.Commit(await LogoutNotices.ClaimAsync(connection, now, now + (long)FirstPause.TotalMilliseconds, transaction)));
        await Task.WhenAll(due.Select(notice => SendAsync(notice, cancel)));
    }

    private async Task SendAsync(LogoutNotice notice, CancellationToken cancel)
    {
        var (application, address) = await database.ReadAsync(async connection => (
            await Applications.FindByIdAsync(connection, notice.ApplicationId),
            await connection.QuerySingleOrDefaultAsync<string?>("select backchannel_logout_uri from applications where id = @ApplicationId", new { notice.ApplicationId })), cancel);
        var reason = "";
        var isTold = application is null || string.IsNullOrEmpty(address);
        if (!isTold)
        {
            try
            {
                var answer = await outgoing.PostFormAsync(address!, [KeyValuePair.Create("logout_token", await TokenAsync(notice, application!, cancel))], cancel);
                isTold = answer.IsGood;
                reason = $"it answered {answer.Status}";
            }
            catch (OutgoingException e)
            {
                reason = e.Message;
            }
        }

        if (!isTold && notice.Attempts >= MostAttempts)
        {
            LogGivenUp(application!.Name, reason);
        }

        var next = clock.GetUtcNow() + (FirstPause * Math.Pow(2, notice.Attempts - 1));
        await database.WriteAsync(async (connection, transaction) => Written.Commit(isTold || notice.Attempts >= MostAttempts
            ? await LogoutNotices.DeleteAsync(connection, notice.Id, transaction)
            : await LogoutNotices.PutOffAsync(connection, notice.Id, next.ToUnixTimeMilliseconds(), transaction)));
    }

    /// <summary>§2.4: no nonce, so that it cannot be mistaken for an id_token.</summary>
    private async Task<string> TokenAsync(LogoutNotice notice, Application application, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var claims = new JsonObject
        {
            ["iss"] = options.Origin,
            ["sub"] = notice.UserId,
            ["aud"] = application.ClientId,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + TokenLife).ToUnixTimeSeconds(),
            ["jti"] = Guid.CreateVersion7(now).ToString(),
            ["sid"] = notice.Sid,
            ["events"] = new JsonObject { ["http://schemas.openid.net/event/backchannel-logout"] = new JsonObject() },
        };
        return Jwt.CreateToken(claims.ToJsonString(), await keys.ForAsync(application, cancel), Header);
    }

    [LoggerMessage(EventId = 1402, Level = LogLevel.Warning, Message = "Application {Application} could not be told of a sign-out in five attempts: {Reason}. 无法通知应用用户已退出，请检查其 backchannelLogoutUri")]
    private partial void LogGivenUp(string application, string reason);
}
