using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Tests.Pages;
using Xunit;

namespace Postern.Tests.Clients;

/// <summary>Two independent strict client libraries that are given the issuer and their client id, and find everything else by themselves.</summary>
public sealed class NpmClientTests(Chromium browser, Neighbourhood neighbourhood, NpmPackages packages)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Libraries => ["openid-client", "oauth4webapi"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public Task A_code_flow_with_PKCE_state_nonce_and_iss_gives_tokens_that_are_verified_refreshed_introspected_and_ended_by_a_sign_out(string library) =>
        RunAsync(library, "code");

    [Theory]
    [MemberData(nameof(Libraries))]
    public Task A_revoked_refresh_token_takes_its_access_token_along(string library) => RunAsync(library, "revoke");

    [Theory]
    [MemberData(nameof(Libraries))]
    public Task A_client_without_a_secret_signs_in_and_refreshes(string library) => RunAsync(library, "publicClient");

    [Theory]
    [MemberData(nameof(Libraries))]
    public Task A_pushed_authorization_request_is_answered_like_any_other(string library) => RunAsync(library, "pushed");

    [Theory]
    [MemberData(nameof(Libraries))]
    public Task Tokens_bound_to_a_key_by_DPoP_open_userinfo_with_a_proof_and_nothing_without(string library) => RunAsync(library, "dpop");

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_device_waits_is_told_to_slow_down_and_is_given_tokens_when_its_user_has_allowed_it(string library)
    {
        // A server of its own: its clock is stepped.
        await using var server = await Neighbourhood.StartServerAsync();
        await using var listener = await ClientListener.StartAsync();
        await RunAsync(await Neighbourhood.SettleAsync(server, listener), library, "device", null);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task An_application_authenticates_with_a_signed_assertion_and_is_given_a_token_of_its_own(string library)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(true);
        var jwk = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["kid"] = "key-1",
            ["x"] = WebEncoders.Base64UrlEncode(parameters.Q.X!),
            ["y"] = WebEncoders.Base64UrlEncode(parameters.Q.Y!),
        };
        var jwks = new JsonObject { ["keys"] = new JsonArray(jwk.DeepClone()) };
        jwk["d"] = WebEncoders.Base64UrlEncode(parameters.D!);
        var home = await neighbourhood.SettleAsync($"token_endpoint_auth_method = 'private_key_jwt', jwks = '{jwks.ToJsonString()}'");
        await RunAsync(home, library, "privateKeyJwt", jwk);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("idToken")]
    public async Task Express_signs_in_by_its_module_renews_and_signs_out(string flow)
    {
        var site = $"http://localhost:{Neighbourhood.FreePort()}";
        var home = await neighbourhood.SettleAsync("grant_types = '[\"authorization_code\",\"refresh_token\",\"id_token\"]'");
        Assert.True(await home.SetAsync($"redirect_uris = '{new JsonArray(site + "/callback", site + "/bye").ToJsonString()}'"));
        await using var visitor = await browser.VisitAsync();
        await new NpmClient(packages, home, visitor) { SiteUrl = site }.RunAsync("express-openid-connect", flow, null, Cancel);
        visitor.AssertContent();
    }

    [Fact]
    public Task A_library_that_reads_every_answer_as_JSON_signs_in_renews_and_revokes() => RunAsync("simple-oauth2", "code");

    private async Task RunAsync(string library, string flow) => await RunAsync(await neighbourhood.SettleAsync(), library, flow, null);

    private async Task RunAsync(Household home, string library, string flow, JsonObject? privateJwk)
    {
        await using var visitor = await browser.VisitAsync();
        await new NpmClient(packages, home, visitor).RunAsync(library, flow, privateJwk, Cancel);
        visitor.AssertContent();
    }
}
