using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.Server.FirstStart;

/// <summary>An organization to try things in, with an application that the sandbox's demo Mini Program signs in to, and one for samples/web.</summary>
internal static class DemoObjects
{
    public const string ApplicationName = "demo-app";

    /// <summary>Of samples/web; its client id too.</summary>
    private const string WebApplicationName = "demo-web";
    private const string Organization = "demo";
    private const string Provider = "demo-wechat";

    public static async Task FillAsync(ObjectFiller filler, (string AppId, string AppSecret) miniProgram)
    {
        // An organization of this name that is somebody's own gets nothing of ours.
        if (!await filler.FillAsync(ObjectKinds.Organization, new JsonObject { ["name"] = Organization, ["displayName"] = "Demo" }, isDemo: true))
        {
            return;
        }

        await filler.FillAsync(ObjectKinds.Provider, new JsonObject
        {
            ["owner"] = "admin",
            ["name"] = Provider,
            ["displayName"] = "Demo Mini Program",
            ["category"] = "OAuth",
            ["type"] = Providers.WeChatMiniProgram,
            ["clientId"] = miniProgram.AppId,
            ["clientSecret"] = miniProgram.AppSecret,
        }, isDemo: true);
        await filler.FillAsync(ObjectKinds.Application, new JsonObject
        {
            ["name"] = ApplicationName,
            ["displayName"] = "Demo",
            ["organization"] = Organization,
            ["clientId"] = "demo-client",
            ["cert"] = Certs.BuiltIn,
            ["enablePassword"] = true,
            ["enableSignUp"] = true,
            ["providers"] = new JsonArray(new JsonObject
            {
                ["owner"] = "admin",
                ["name"] = Provider,
                ["canSignUp"] = true,
                ["canSignIn"] = true,
                ["canUnlink"] = true,
            }),
        }, isDemo: true);
        await filler.FillAsync(ObjectKinds.Application, new JsonObject
        {
            ["name"] = WebApplicationName,
            ["displayName"] = "Demo web application",
            ["organization"] = Organization,
            ["clientId"] = WebApplicationName,
            ["cert"] = Certs.BuiltIn,
            ["enablePassword"] = true,
            ["grantTypes"] = new JsonArray("authorization_code", "refresh_token"),
            ["redirectUris"] = new JsonArray("http://localhost:5001/signin-oidc", "http://localhost:5001/signout-callback-oidc"),
        }, isDemo: true);
    }
}
