using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Tests.Fixtures;
using Xunit;
using static Postern.Tests.Casdoor.Sdks.SdkChecks;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>What must come of each recorded request: the answer's shape, and its effect read back.</summary>
internal static class SdkExpectations
{
    public static IReadOnlyDictionary<string, Func<SdkWorld, SdkAnswer, Task>> Of { get; } =
        new[] { Credentials, Tokens, Ids, Reads, Bodies, Others }.SelectMany(some => some).ToDictionary(e => e.Key, e => new Func<SdkWorld, SdkAnswer, Task>(e.Value), StringComparer.Ordinal);

    private static Dictionary<string, Check> Credentials => new()
    {
        ["cred-query-get"] = ShowsUser,
        ["cred-query-post-no-content-type"] = Renames,
        ["cred-query-raw-slash"] = ShowsUser,
        ["cred-query-and-basic"] = Lists(SdkWorld.User),
        ["cred-basic-trailing-qmark"] = Lists(SdkWorld.User),
        ["cred-query-json-post"] = Renames,
        ["cred-basic-form-encoded-chunked"] = Then(Affected, async world => Assert.NotNull(await world.ObjectAsync("role", "role_net"))),
        ["cred-none-get"] = Refused,
        ["cred-bearer-of-client-credentials"] = Lists(SdkWorld.User),
        ["cred-bearer-user"] = ShowsUser,
        ["cred-access_token-query-beats-basic"] = (world, answer) =>
        {
            Assert.True(answer.Json["data2"] is null or JsonObject);
            return ShowsUser(world, answer);
        },
        ["cred-accessToken-query"] = ShowsUserInfo,
        // An id_token is not an access token (OpenID Connect Core 1.0 §2): docs/casdoor-compatibility.md.
        ["userinfo-with-id-token"] = (_, answer) =>
        {
            Assert.Equal(401, answer.Status);
            return Task.CompletedTask;
        },
        ["userinfo-cors-preflight"] = (_, answer) =>
        {
            Assert.InRange(answer.Status, 200, 299);
            Assert.Contains("authorization", answer.Headers["Access-Control-Allow-Headers"], StringComparison.OrdinalIgnoreCase);
            Assert.Contains("content-type", answer.Headers["Access-Control-Allow-Headers"], StringComparison.OrdinalIgnoreCase);
            Assert.True(answer.Headers.ContainsKey("Access-Control-Allow-Origin"));
            return Task.CompletedTask;
        },
        ["userinfo-get-with-content-type"] = ShowsUserInfo,
    };

    private static Dictionary<string, Check> Tokens => new()
    {
        ["token-code-form-no-redirect"] = GivesTokens,
        ["token-code-form-empty-redirect"] = GivesTokens,
        ["token-code-query-foreign-redirect"] = GivesTokens,
        ["token-code-query-empty-body"] = GivesTokens,
        ["token-code-pkce-query-public"] = GivesTokens,
        ["token-code-pkce-form-public"] = GivesTokens,
        ["token-code-pkce-form-public-2"] = GivesTokens,
        ["token-code-pkce-cors"] = (world, answer) =>
        {
            Assert.True(answer.Headers.ContainsKey("Access-Control-Allow-Origin"));
            return GivesTokens(world, answer);
        },
        ["token-code-json-and-basic"] = GivesTokens,
        ["token-code-basic-only"] = GivesTokens,
        ["token-code-basic-redirect-pkce"] = GivesTokens,
        ["token-code-basic-empty-secret"] = GivesTokens,
        ["token-code-no-grant-type"] = GivesTokens,
        ["token-password-form"] = GivesTokens,
        ["token-password-basic"] = GivesTokens,
        ["token-client-credentials-form"] = GivesAccessToken,
        ["token-client-credentials-basic"] = GivesAccessToken,
        ["token-refresh-form"] = GivesTokens,
        ["token-refresh-form-empty-scope"] = GivesTokens,
        ["token-refresh-json"] = GivesTokens,
        ["token-refresh-form-public"] = GivesTokens,
        ["token-refresh-query-public"] = GivesTokens,
        ["token-refresh-at-access_token-public"] = (world, answer) =>
        {
            Assert.True(answer.Headers.ContainsKey("Access-Control-Allow-Origin"));
            return GivesTokens(world, answer);
        },
        ["token-refresh-at-access_token-basic"] = GivesTokens,
        ["introspect-multipart"] = Introspects,
        ["introspect-form"] = Introspects,
        ["logout-oauth-form"] = EndsGrant,
        ["logout-oauth-form-redirect"] = async (world, answer) =>
        {
            Assert.InRange(answer.Status, 200, 303);
            await IsEndedAsync(world);
        },
        ["logout-get"] = EndsGrant,
        ["sso-logout-all"] = Then(Ok, IsEndedAsync),
        ["token-error-shape"] = (_, answer) =>
        {
            Assert.Contains(answer.Status, new[] { 400, 401 });
            Assert.All(new[] { "error", "error_description" }, key => Assert.NotEmpty(answer.Json[key]!.GetValue<string>()));
            return Task.CompletedTask;
        },
    };

    private static Dictionary<string, Check> Ids => new()
    {
        ["id-empty-owner-user"] = Renames,
        ["id-empty-owner-role"] = Then(Affected, async world => Assert.NotNull(await world.ObjectAsync("role", "role_a"))),
        ["id-null-owner"] = Then(Affected, async world => Assert.NotNull(await world.ObjectAsync("user", SdkWorld.User + "_n"))),
        ["id-owner-differs-from-body"] = Then(Affected, async world => Assert.Equal("GitHub", Text(await world.ObjectAsync("provider", "provider_x"), "type"))),
        ["id-empty-owner-check-password"] = Ok,
        ["id-absent-delete"] = Then(Affected, async world => Assert.Null(await world.ObjectAsync("role", "role_net"))),
        ["id-absent-delete-user"] = Then(Affected, async world => Assert.Null(await world.ObjectAsync("user", SdkWorld.User))),
        ["id-absent-delete-token"] = Then(Affected, async world => Assert.DoesNotContain((await world.Application.DataAsync("/api/get-tokens?owner=admin&organization=" + world.Organization))!.AsArray(),
            token => Text(token, "name") == world["TOKEN"])),
        ["id-absent-update-self"] = Then(Affected, async world => Assert.Equal(("N", "n@example.com"), (Text(await world.UserAsync(), "displayName"), Text(await world.UserAsync(), "email")))),
        ["id-by-owner-and-userId"] = Renames,
        ["get-user-by-email"] = ShowsUser,
        // A bare object and the envelope cannot both be the answer of one address: docs/casdoor-compatibility.md.
        ["get-user-id-owner-email-together"] = ShowsUser,
        ["get-session-pk"] = ShowsSession,
        ["get-session-pk-and-id"] = ShowsSession,
        ["ldap-owner-built-in"] = Lists(),
        ["ldap-owner-admin"] = Lists(),
        ["ldap-owner-org"] = Lists(),
        ["organizations-owner-org"] = (world, answer) => Lists(world.Organization)(world, answer),
        // Nobody is signed in, so nothing is listed; the sentence says so.
        ["organization-applications-no-owner"] = Refused,
        ["columns-snake"] = Renames,
        ["columns-camel-with-unknown"] = Then(Renames, async world => Assert.Equal("b", Text(await world.UserAsync(), "bio"))),
    };

    private static Dictionary<string, Check> Reads => new()
    {
        ["sorted-users-on-get-users"] = Lists(SdkWorld.User),
        ["sorted-users"] = Lists(SdkWorld.User),
        ["user-count-forms"] = (_, answer) =>
        {
            Assert.Equal(1, DataOf(answer)!.GetValue<int>());
            return Task.CompletedTask;
        },
        ["pagination"] = IsPagedList,
        ["pagination-plans-on-get-payments"] = IsPagedList,
        ["pagination-records-on-get-sessions"] = IsPagedList,
        ["groups-tree"] = (world, answer) => Lists(world.Organization + "-top")(world, answer),
        ["user-transactions-by-field"] = ListsOne("user", SdkWorld.User),
        ["user-transactions"] = Lists(),
        ["user-payments"] = Lists(),
        ["invitation-info"] = IsEnvelope,
        ["enforce-empty-params"] = Enforces,
        ["enforce-null-words"] = Enforces,
        ["enforce-junk-keys"] = Enforces,
        ["enforce-no-content-type"] = Enforces,
        ["batch-enforce"] = (_, answer) =>
        {
            var data = DataOf(answer)!.AsArray();
            Assert.NotEmpty(data);
            Assert.All(data, verdicts => Assert.Equal(2, verdicts!.AsArray().Count));
            Assert.All(data, verdicts => Assert.All(verdicts!.AsArray(), v => Assert.Contains(v!.GetValueKind(), new[] { JsonValueKind.True, JsonValueKind.False })));
            return Task.CompletedTask;
        },
        ["policies-read"] = Lists(),
        ["policies-filter"] = Lists(),
        ["resource-get-owner-and-id"] = Then(Ok, world => Task.CompletedTask),
        ["path-globle-certs"] = Lists(),
        ["path-get-user-payment"] = IsEnvelope,
        ["path-global-providers"] = IsEnvelope,
        ["path-user-application"] = IsEnvelope,
        ["path-all-objects"] = Lists(),
        ["path-captcha-status"] = IsEnvelope,
        ["path-user"] = (_, answer) =>
        {
            Assert.Equal(200, answer.Status);
            Assert.Equal(SdkWorld.User, Text(answer.Json, "name"));
            return Task.CompletedTask;
        },
    };

    private static Dictionary<string, Check> Bodies => new()
    {
        ["json-under-urlencoded"] = Deleted("resource", "r1"),
        ["set-password-multipart"] = SetsPassword,
        ["set-password-form"] = SetsPassword,
        ["set-password-query"] = SetsPassword,
        ["set-password-json"] = IsEnvelope,
        ["order-empty-body"] = Then(Affected, async world => Assert.Equal("Canceled", Text(await world.ObjectAsync("order", "order1"), "state"))),
        ["order-json-empty-string-body"] = IsEnvelope,
        ["place-order"] = Then(Ok, async world => Assert.NotEmpty((await world.Application.DataAsync($"/api/get-user-orders?owner={world.Organization}&user={SdkWorld.User}"))!.AsArray())),
        ["buy-product-post"] = IsEnvelope,
        ["buy-product-get"] = IsEnvelope,
        ["empty-map-as-list"] = Then(Affected, async world => Assert.NotNull(await world.ObjectAsync("user", SdkWorld.User + "_p"))),
        ["list-with-empty-string"] = Then(Affected, async world => Assert.NotNull(await world.ObjectAsync("provider", "pv"))),
        // The word "string" is no e-mail address, and an id is not the client's to choose: docs/casdoor-compatibility.md.
        ["all-fields-word-string"] = Refused,
        ["policy-pascal-keys"] = Then(Affected, HasPolicy("alice")),
        ["policy-mixed-keys"] = IsEnvelope,
        ["policy-lower-keys"] = Then(Affected, HasPolicy("carol")),
        ["policy-update-pair"] = IsEnvelope,
        ["user-unknown-keys"] = Renames,
        ["upload-file"] = Uploads,
        ["upload-part-type-multipart"] = Uploads,
        ["upload-no-filename"] = Uploads,
        ["upload-named-or-not"] = Uploads,
        ["upload-owner-admin-no-user"] = Uploads,
        ["upload-ex"] = Uploads,
        ["resource-delete-tag"] = Deleted("resource", "r1"),
        ["resource-delete-name"] = Deleted("resource", "r1"),
        ["add-record-no-id"] = Then(Affected, async world => Assert.Contains(
            (await world.Application.DataAsync("/api/get-records?organization=" + world.Organization))!.AsArray(), record => Text(record, "name") == "rec1")),
        ["transaction-dry-run"] = (_, answer) =>
        {
            Assert.Equal(JsonValueKind.String, DataOf(answer)!.GetValueKind());
            return Task.CompletedTask;
        },
    };

    /// <summary>Pages, what is not offered, and what no server could answer.</summary>
    private static Dictionary<string, Check> Others => new()
    {
        ["mfa-initiate"] = Refused,
        ["mfa-enable-recoveryCodes"] = Refused,
        ["mfa-enable-recoveryCode"] = Refused,
        ["mfa-verify-no-secret"] = Refused,
        ["mfa-delete-query"] = Ok,
        ["mfa-delete-multipart"] = Ok,
        ["send-email"] = Refused,
        ["send-sms-null-organization"] = Refused,
        ["send-sms-organizationId"] = Refused,
        ["send-notification"] = Refused,
        ["sync-ldap-users"] = Refused,
        ["payment-notify-with-id"] = IsEnvelope,
        ["path-run-syncer-post"] = IsEnvelope,
        ["path-reset-email-or-phone-json"] = IsEnvelope,
        ["ruby-bare-list"] = Refused,
        ["ruby-put"] = (_, answer) =>
        {
            Assert.InRange(answer.Status, 400, 499);
            return Task.CompletedTask;
        },
        ["empty-http-method"] = (_, answer) =>
        {
            Assert.InRange(answer.Status, 200, 499);
            return Task.CompletedTask;
        },
        ["discovery"] = (world, answer) =>
        {
            Assert.Equal(world.Tenant.Server.Issuer, Text(answer.Json, "issuer"));
            Assert.All(new[] { "jwks_uri", "token_endpoint", "authorization_endpoint" }, key => Assert.StartsWith(world.Tenant.Server.Issuer + "/", Text(answer.Json, key), StringComparison.Ordinal));
            return Task.CompletedTask;
        },
        ["page-signin"] = IsPage,
        ["page-signin-silent"] = IsPage,
        ["page-signin-popup"] = IsPage,
        ["page-signin-mobile"] = IsPage,
        ["page-signup-oauth"] = IsPage,
        ["page-signup-app"] = IsPage,
        ["page-user"] = IsPage,
        ["page-account"] = IsPage,
    };
}
