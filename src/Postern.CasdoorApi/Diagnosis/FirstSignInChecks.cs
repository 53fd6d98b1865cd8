using System.Data.Common;
using Postern.Directory.Identities;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Diagnosis;

/// <summary>Who came through the Mini Program last for the first time, and whether WeChat gives it unionids.</summary>
internal static class FirstSignInChecks
{
    /// <param name="connection">To read with.</param>
    /// <param name="provider">The Mini Program.</param>
    /// <param name="organization">Whose users; null = all that its owner reaches.</param>
    public static async Task<IReadOnlyList<Check>> RunAsync(DbConnection connection, Provider provider, string? organization)
    {
        var of = organization ?? (provider.Owner == "admin" ? null : provider.Owner);
        if (await ExternalIdentities.NewestAsync(connection, provider.ClientId, of) is not { } newest)
        {
            return
            [
                new("unionId", CheckState.Waiting, new("Whether WeChat gives unionids shows with the first sign-in.", "首次登录后才能知道微信是否提供 unionid。")),
                new("firstSignIn", CheckState.Waiting, new("Nobody has signed in yet.", "还没有人登录。")),
            ];
        }

        var unionid = await ExternalIdentities.HasAsync(connection, newest.UserId, ExternalIdentities.UnionId, WeChatIdentity.OpenPlatform(provider, newest.Organization));
        return
        [
            unionid
                ? new("unionId", CheckState.Ok, new("WeChat gives unionids: one person in several Mini Programs is one account.", "微信提供 unionid：同一个人在多个小程序中是同一个账号。"))
                : new("unionId", CheckState.Warning, new("WeChat gives no unionid: one person in two Mini Programs would be two accounts.", "微信没有提供 unionid：同一个人在两个小程序中会是两个账号。"))
                {
                    Remedy = new("Bind the Mini Program to your account on open.weixin.qq.com. With a single Mini Program nothing need be done.", "请在 open.weixin.qq.com 将小程序绑定到开放平台账号。只有一个小程序则无需处理。"),
                },
            new("firstSignIn", CheckState.Ok, new("Somebody has signed in.", "已有用户登录。")) { Value = $"{newest.Organization}/{newest.Name}" },
        ];
    }
}
