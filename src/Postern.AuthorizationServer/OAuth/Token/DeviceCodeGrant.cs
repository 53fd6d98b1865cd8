using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>A device polls until its user has decided elsewhere (RFC 8628 §3.4, §3.5).</summary>
public sealed class DeviceCodeGrant(GrantIssuer grants, Database database, TimeProvider clock) : IGrantHandler
{
    public static readonly GrantKind Kind = new(GrantTypes.DeviceCode, "device", typeof(DeviceCodeGrant))
    {
        MustBeListed = true,
        BeginsSignIn = true,
        Secret = SecretNeed.UnlessAllowed,
    };

    private static readonly OAuthError Expired = new("expired_token", "token is expired") { ChineseMessage = "设备码已过期，请重新开始" };
    private static readonly OAuthError Pending = new("authorization_pending", "authorization pending") { ChineseMessage = "等待用户授权" };
    private static readonly OAuthError SlowDown = new("slow_down", "polled too soon: wait five seconds longer from now on") { ChineseMessage = "轮询过快，请将间隔延长五秒" };
    private static readonly OAuthError Denied = new("access_denied", "the user refused") { ChineseMessage = "用户已拒绝授权" };
    private static readonly OAuthError Used = new("access_denied", "device_code has already been used") { ChineseMessage = "设备码已被使用" };

    public async Task<Outcome<TokenAnswer>> HandleAsync(OAuthRequest request, Client client, TokenRequestContext caller, CancellationToken cancel)
    {
        if (request["device_code"] is not { } text)
        {
            return OAuthError.InvalidRequest("device_code parameter is required for this grant type", "缺少 device_code");
        }

        var hash = OpaqueToken.HashOf(text);
        var code = await database.ReadAsync(connection => DeviceCodes.FindAsync(connection, hash), cancel);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (code is null || code.ApplicationId != client.Application.Id || code.ExpiresTime <= now)
        {
            return Expired;
        }

        if (code.UsedTime is not null || code.IsDenied)
        {
            return code.IsDenied ? Denied : Used;
        }

        if (!await database.WriteAsync(async (connection, transaction) => Written.Commit(await DeviceCodes.PollAsync(connection, hash, now, transaction))))
        {
            return SlowDown;
        }

        if (code.UserId.Length == 0)
        {
            return Pending;
        }

        if (await database.ReadAsync(connection => Users.FindByIdAsync(connection, code.UserId), cancel) is not { } user)
        {
            return GrantIssuer.UserForbidden;
        }

        var start = new GrantRequest(client, user, Kind.Type, code.Scope, caller)
        {
            Resource = code.Resource,
            AuthTime = code.AuthTime,
            Amr = code.Amr,
            UserAddress = SignInAttempt.UserAddressOf(client.HasSecret, caller.Address, ""),
        };
        return await grants.BeginAsync(start, async (connection, transaction, time) => await DeviceCodes.UseAsync(connection, hash, time, transaction) ? null : Used, cancel);
    }
}
