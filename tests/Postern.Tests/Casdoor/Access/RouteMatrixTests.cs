using System.Text.Json.Nodes;
using Microsoft.VisualBasic.FileIO;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Access;

/// <summary>Routes that are not the five of a kind, and the verdicts that were recorded of a running Casdoor.</summary>
public sealed class RouteMatrixTests(AccessWorlds worlds) : IClassFixture<AccessWorlds>
{
    /// <summary>Protocol routes have rules of their own (RFC 6749 and its kin) and tests of their own.</summary>
    public static readonly IReadOnlyList<string> Paths =
    [
        "/api/login/oauth/logout", "/api/health", "/api/health/live", "/api/login", "/api/logout", "/api/sso-logout", "/api/get-app-login", "/api/userinfo", "/api/get-account", "/api/device-auth",
        "/api/login/oauth/access_token", "/api/login/oauth/refresh_token", "/api/login/oauth/introspect", "/api/login/oauth/revoke", "/api/login/oauth/par",
        "/api/oauth/register", "/api/oauth/register/{clientId}",
        // An identity of the caller alone, or a user in the body: IdentityRouteTests.
        "/api/identities/{id}", "/api/unlink",
    ];

    private static readonly string[] People = ["himself", "another user", "administrator", "global administrator", "administrator of another"];

    /// <summary>The callers that each of the other routes lets in, asked about organization ORG.</summary>
    internal static readonly Dictionary<string, string[]> LetIn = new()
    {
        ["GET /api/identities"] = People,
        ["POST /api/identities"] = People,
        ["POST /api/enforce?owner=ORG"] = CallerMatrixTests.Administrators,
        ["POST /api/batch-enforce?permissionId=ORG/probe"] = CallerMatrixTests.Administrators,
        ["GET /api/get-policies?id=ORG/probe"] = CallerMatrixTests.Administrators,
        ["POST /api/get-filtered-policies?id=ORG/probe"] = CallerMatrixTests.Administrators,
        ["POST /api/add-policy?id=ORG/probe"] = CallerMatrixTests.Administrators,
        ["POST /api/update-policy?adapterId=ORG/probe"] = CallerMatrixTests.Administrators,
        ["POST /api/remove-policy?id=ORG/probe"] = CallerMatrixTests.Administrators,
        ["GET /api/get-all-objects?userId=ORG/alice"] = CallerMatrixTests.Himself,
        ["GET /api/get-all-actions?userId=ORG/alice"] = CallerMatrixTests.Himself,
        ["GET /api/get-all-roles?userId=ORG/alice"] = CallerMatrixTests.Himself,
        ["GET /api/get-records?organization=ORG"] = CallerMatrixTests.Administrators,
        ["POST /api/get-records-filter?organization=ORG"] = CallerMatrixTests.Administrators,
        ["GET /api/export-records?organization=ORG"] = CallerMatrixTests.Administrators,
        ["POST /api/add-record?organization=ORG"] = CallerMatrixTests.Administrators,
        ["GET /api/get-sessions?owner=ORG"] = CallerMatrixTests.Administrators,
        ["GET /api/get-session?sessionPkId=ORG/alice/app"] = CallerMatrixTests.Himself,
        ["GET /api/is-session-duplicated?sessionPkId=ORG/alice/app&sessionId=s"] = CallerMatrixTests.Himself,
        ["POST /api/add-session"] = CallerMatrixTests.Administrators,
        ["POST /api/update-session"] = CallerMatrixTests.Administrators,
        ["POST /api/delete-session"] = CallerMatrixTests.Himself,
        ["POST /api/upload-resource?owner=ORG&user=alice"] = CallerMatrixTests.Himself,
        ["GET /api/get-statistics?organization=ORG"] = CallerMatrixTests.Administrators,
        ["GET /api/get-user-activity?id=ORG/alice"] = CallerMatrixTests.Himself,
        // A browser that nobody has: nobody is signed out under the other tests.
        ["POST /api/sign-out-user?id=ORG/alice&session=0000000000000000"] = CallerMatrixTests.Himself,
        // No such application; who may give a real one another secret, RotateClientSecretTests say.
        ["POST /api/rotate-client-secret?id=admin/ORG-none"] = [],
        ["GET /api/get-webhook-events?organization=ORG"] = CallerMatrixTests.Administrators,
        // No such event; whose events one reads, sends again and deletes, WebhookEventTests say.
        ["GET /api/get-webhook-event-detail?id=ORG/0"] = CallerMatrixTests.Global,
        ["POST /api/replay-webhook-event?id=ORG/0"] = CallerMatrixTests.Global,
        ["POST /api/delete-webhook-event"] = CallerMatrixTests.Global,
        // No such application; whose one diagnoses, DiagnoseApplicationTests say.
        ["POST /api/diagnose-application?id=admin/ORG-none"] = CallerMatrixTests.Global,
        ["POST /api/diagnose-provider?id=ORG/probe"] = CallerMatrixTests.Administrators,
        ["GET /api/get-organization-names"] = CallerMatrixTests.SignedIn,
        ["GET /api/get-organization-applications?organization=ORG"] = CallerMatrixTests.Members,
        ["GET /api/get-user-application?id=ORG/alice"] = CallerMatrixTests.Himself,
        ["GET /api/get-default-application?id=admin/ORG"] = CallerMatrixTests.Everybody,
        ["GET /api/get-permissions-by-role?id=ORG/probe"] = CallerMatrixTests.Administrators,
        // What the caller submitted, so nothing of others.
        ["GET /api/get-permissions-by-submitter"] = ["administrator", "global administrator", "administrator of another", "application", "application of another", "application of built-in"],
        ["GET /api/get-user-orders?owner=ORG&user=alice"] = CallerMatrixTests.Himself,
        ["GET /api/get-user-payments?owner=ORG&user=alice"] = CallerMatrixTests.Himself,
        ["GET /api/get-globle-certs"] = ["administrator", "global administrator", "administrator of another", "application", "application of another", "application of built-in"],
        ["GET /api/get-user-payment?owner=ORG&user=alice"] = CallerMatrixTests.Himself,
        ["GET /api/get-user-transactions?owner=ORG&user=alice"] = CallerMatrixTests.Himself,
        ["POST /api/place-order?owner=ORG&userName=alice"] = CallerMatrixTests.Himself,
        ["POST /api/cancel-order?id=ORG/probe"] = CallerMatrixTests.Administrators,
        ["POST /api/pay-order?id=ORG/probe"] = CallerMatrixTests.Administrators,
        ["POST /api/buy-product?id=ORG/probe&userName=alice"] = CallerMatrixTests.Himself,
        ["GET /api/buy-product?id=ORG/probe&userName=alice"] = CallerMatrixTests.Himself,
        ["GET /api/get-record?id=ORG/probe"] = CallerMatrixTests.Administrators,
        ["POST /api/add-ticket-message?id=ORG/probe"] = CallerMatrixTests.Administrators,
        // The version is nobody's.
        ["GET /api/get-version-info"] = ["administrator", "global administrator", "administrator of another", "application", "application of another", "application of built-in"],
        ["GET /api/get-system-info"] = CallerMatrixTests.Global,
        ["POST /api/grant-consent"] = People,
        ["POST /api/revoke-consent"] = People,
        ["GET /api/user"] = CallerMatrixTests.SignedIn,
        ["GET /api/get-captcha-status?id=ORG/alice"] = CallerMatrixTests.Everybody,
        ["GET /api/get-organization-users?organization=ORG"] = CallerMatrixTests.Administrators,
        ["GET /api/get-sorted-users?owner=ORG&sorter=name&limit=1"] = CallerMatrixTests.Administrators,
        ["GET /api/get-user-count?owner=ORG"] = CallerMatrixTests.Administrators,
        ["GET /api/get-email-and-phone?organization=ORG&username=alice"] = CallerMatrixTests.Everybody,
        // By a code, which is refused for another reason after the verdict: nobody's password changes under the other tests.
        ["POST /api/set-password?userOwner=ORG&userName=alice&newPassword=x&code=1"] = CallerMatrixTests.Himself,
        ["POST /api/check-user-password"] = CallerMatrixTests.Himself,
        ["POST /api/remove-user-from-group?owner=ORG&groupName=probe"] = CallerMatrixTests.Administrators,
        ["POST /api/delete-mfa?owner=ORG"] = CallerMatrixTests.Administrators,
        ["POST /api/upload-users?owner=ORG"] = CallerMatrixTests.Administrators,
        ["POST /api/upload-groups?owner=ORG"] = CallerMatrixTests.Administrators,
        ["POST /api/upload-roles?owner=ORG"] = CallerMatrixTests.Administrators,
        ["POST /api/upload-permissions?owner=ORG"] = CallerMatrixTests.Administrators,
    };

    private static readonly string[] Recorded =
        ["nobody", "another user", "administrator", "administrator of another", "application", "application of another", "global administrator"];

    /// <summary>Where we let in a caller that the recording refuses, and why.</summary>
    private static readonly Dictionary<(string Path, string Caller), string> Reasons = new()
    {
        [("/api/update-organization", "administrator")] = "administrators administer their organization; a new name for it is the global administrators'",
        [("/api/get-global-users", "administrator")] = "the list holds the own organization's",
        [("/api/get-version-info", "administrator of another")] = "the route names no organization, and the caller is an administrator",
    };

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Each_route_lets_in_whom_it_should(DatabaseDriver driver)
    {
        var world = await worlds.OnAsync(driver);
        var (expected, verdicts) = (new List<string>(), new List<string>());
        foreach (var (route, letIn) in LetIn)
        {
            foreach (var caller in AccessWorld.Callers)
            {
                var (method, path) = (route.Split(' ')[0], route.Split(' ')[1].Replace("ORG", world.Hold.Organization, StringComparison.Ordinal));
                var body = method == "GET" ? null : new JsonObject { ["owner"] = world.Hold.Organization, ["organization"] = world.Hold.Organization, ["name"] = path.EndsWith("-session", StringComparison.Ordinal) || path.EndsWith("-user-password", StringComparison.Ordinal) || path.StartsWith("/api/set-password?", StringComparison.Ordinal) ? "alice" : world.NewName("record"), ["action"] = "probe" };
                expected.Add($"{route} {caller}: {(letIn.Contains(caller) ? "let in" : "refused")}");
                verdicts.Add($"{route} {caller}: {(AccessWorld.IsRefused(await world.AskAsync(caller, method, path, body)) ? "refused" : "let in")}");
            }
        }

        Assert.Equal(expected, verdicts);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Nobody_is_let_in_whom_the_recording_refuses_except_for_a_reason(DatabaseDriver driver)
    {
        var world = await worlds.OnAsync(driver);
        using var reader = new TextFieldParser(Golden.Path("verdicts.csv")) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
        reader.ReadFields();
        var rows = new List<string[]>();
        while (reader.ReadFields() is { } fields)
        {
            rows.Add(fields);
        }

        Assert.Equal(238, rows.Count);
        var more = new List<string>();
        foreach (var row in rows)
        {
            var (method, path) = (row[0], row[1]);
            var isOfAdmin = new[] { "organization", "application", "token", "syncer", "webhook" }.Any(k => path.Contains(k, StringComparison.Ordinal));
            var owner = isOfAdmin ? "admin" : world.Hold.Organization;
            var name = path.Contains("organization", StringComparison.Ordinal) ? world.Hold.Organization : "probe-v";
            for (var i = 0; i < Recorded.Length; i++)
            {
                if (row[i + 2] is not ("refused" or "login" or "admin"))
                {
                    continue;
                }

                var query = $"?id={owner}/{name}" + (method == "GET" ? $"&owner={owner}&organization={world.Hold.Organization}" : "");
                var body = method == "GET" ? null : new JsonObject { ["owner"] = owner, ["name"] = name, ["organization"] = world.Hold.Organization, ["displayName"] = "v" };
                var answer = await world.AskAsync(Recorded[i], method, path + query, body);
                // The object that was recorded does not exist here: what counts is an answer that gives or changes something.
                if (Gives(answer.Body) && !Reasons.ContainsKey((path, Recorded[i])))
                {
                    more.Add($"{method} {path} {Recorded[i]}: recorded {row[i + 2]}, answered {answer.Text[..Math.Min(120, answer.Text.Length)]}");
                }
            }
        }

        Assert.Equal([], more);

        static bool Gives(JsonNode? answer) => answer?["status"]?.ToString() == "ok" && answer["data"] switch
        {
            null => false,
            JsonArray list => list.Count > 0,
            var data => data.ToString() is not ("Unaffected" or "false"),
        };
    }
}
