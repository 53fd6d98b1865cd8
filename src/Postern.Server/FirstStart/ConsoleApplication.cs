using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Server.AdminConsole;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Server.FirstStart;

/// <summary>The application that the console signs in to: there at every start, also in a database of an earlier build.</summary>
internal static class ConsoleApplication
{
    /// <summary>Adds it where it is missing, and lets it return to this server's present address and to no other.</summary>
    public static async Task FillAsync(ObjectFiller filler, PosternOptions options, StartReport report, DbConnection connection, DbTransaction transaction)
    {
        if (!await filler.HasAsync(ObjectKinds.Application, "admin", Applications.Console))
        {
            await filler.FillAsync(ObjectKinds.Application, Document());
        }

        // JsonSerializer of strings alone: the same text as the object store writes.
        var redirectUris = JsonSerializer.Serialize<string[]>([options.OriginFrontend + ConsolePages.SignedIn, options.OriginFrontend + "/"]);
        var isThere = await connection.ExecuteAsync(
            "update applications set redirect_uris = @redirectUris where name = @Console and client_id = @ConsoleClientId",
            new { redirectUris, Applications.Console, Applications.ConsoleClientId }, transaction) == 1;
        if (!isThere)
        {
            report.Warnings.Add(
                $"The console cannot sign in: the application {Applications.Console} is not its own, because its client id is not {Applications.ConsoleClientId}. Rename or delete it, then start again. "
                + $"控制台无法登录：应用 {Applications.Console} 并非控制台所用。请将其改名或删除后重新启动。");
        }
    }

    private static JsonObject Document() => new()
    {
        ["owner"] = "admin",
        ["name"] = Applications.Console,
        ["displayName"] = "Postern",
        ["organization"] = Organizations.BuiltIn,
        ["clientId"] = Applications.ConsoleClientId,
        ["cert"] = Certs.BuiltIn,
        ["tokenEndpointAuthMethod"] = Protocol.ClientSecretRule.None,
        ["grantTypes"] = new JsonArray("authorization_code", "refresh_token"),
        ["isShared"] = true,
        ["apiAccess"] = ApiAccess.None,
        ["enablePassword"] = true,
        ["enableSignUp"] = false,
        // A console that nobody looks at is signed out after half a day.
        ["expireInHours"] = 1,
        ["refreshExpireInHours"] = 12,
        ["providers"] = new JsonArray(),
    };
}
