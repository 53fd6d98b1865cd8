using System.Text.Json;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcCore;

/// <summary>The <c>claims</c> parameter and <c>acr</c> (OpenID Connect Core §5.5, §5.5.1.1).</summary>
public sealed class ClaimsRequestTests(Servers servers)
{
    private const string Asked = """{"id_token":{"email":{"essential":true},"unknown":null,"auth_time":{"essential":true}},"userinfo":{"name":{"essential":true},"phone_number":null}}""";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Claims_asked_for_by_name_are_told_where_they_were_asked_for(DatabaseDriver driver)
    {
        using var flow = await FlowAsync(await servers.OnAsync(driver));

        var first = await TokensAsync(flow, ("scope", "openid"), ("claims", Asked));
        var refreshed = await flow.Tenant.RefreshAsync(first["refresh_token"]!);

        foreach (var tokens in new[] { first, refreshed })
        {
            Assert.Equal(["email"], OfUser(tokens.Claims("id_token")));
            Assert.Equal(["name", "phone_number"], OfUser((await flow.UserInfoAsync(tokens["access_token"])).Body));
        }

        // What a grant does not ask for, another grant of the same client and user does not get.
        Assert.Equal([], OfUser((await TokensAsync(flow, ("scope", "openid"))).Claims("id_token")));
    }

    [Fact]
    public async Task A_pushed_request_asks_by_name_too()
    {
        using var flow = await FlowAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var pushed = await flow.Client.PostAsync(
            "/api/login/oauth/par", flow.Basic, ("response_type", "code"), ("client_id", flow.Tenant.ClientId), ("redirect_uri", CodeFlow.RedirectUri), ("scope", "openid"),
            ("code_challenge", CodeFlow.Challenge), ("code_challenge_method", "S256"), ("claims", Asked));
        var refused = await flow.Client.PostAsync(
            "/api/login/oauth/par", flow.Basic, ("response_type", "code"), ("client_id", flow.Tenant.ClientId), ("redirect_uri", CodeFlow.RedirectUri), ("claims", "[]"));

        var page = await flow.Browser.OpenAsync($"/login/oauth/authorize?client_id={flow.Tenant.ClientId}&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}");
        var tokens = await flow.RedeemAsync((await flow.SignInAsync(page, "mei"))["code"]!);

        Assert.Equal(["email"], OfUser(tokens.Claims("id_token")));
        Assert.Equal((400, "invalid_request"), (refused.Status, refused["error"]));
    }

    [Fact]
    public async Task A_token_of_a_narrower_scope_and_an_exchanged_one_tell_none_of_them()
    {
        using var flow = await FlowAsync(await servers.OnAsync(DatabaseDriver.Sqlite), "grant_types = '[\"urn:ietf:params:oauth:grant-type:token-exchange\"]'");
        var tokens = await TokensAsync(flow, ("scope", "openid orders"), ("claims", Asked));

        var narrower = await flow.Tenant.RefreshAsync(tokens["refresh_token"]!, ("scope", "openid"));
        var exchanged = await flow.Tenant.TokenAsync(
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("client_id", flow.Tenant.ClientId), ("client_secret", flow.Tenant.ClientSecret),
            ("subject_token", tokens["access_token"]!));

        Assert.Equal([], OfUser(narrower.Claims("id_token")));
        Assert.Equal([], OfUser((await flow.UserInfoAsync(narrower["access_token"])).Body));
        Assert.Equal((200, 0), ((await flow.UserInfoAsync(exchanged["access_token"])) is var told ? told.Status : 0, OfUser(told.Body).Count));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"id_token":[]}""")]
    [InlineData("""{"userinfo":{"name":true}}""")]
    [InlineData("""{"userinfo":{"name":{"essential":"yes"}}}""")]
    [InlineData("""{"userinfo":{"name":{"values":"x"}}}""")]
    [InlineData("""{"id_token":{"sub":{"value":5}}}""")]
    [InlineData("""{"id_token":{"email":null,"email":null}}""")]
    [InlineData("""{"id_token":{"x":{"value":[[[[[[[[]]]]]]]]}}}""")]
    public async Task A_request_that_is_not_of_the_standards_form_is_refused_to_the_client(string claims)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var refused = await flow.Browser.OpenAsync(flow.Address(("claims", claims)));

        Assert.Equal(("invalid_request", "the state", null), (refused["error"], refused["state"], refused["code"]));
    }

    [Fact]
    public async Task Its_length_and_the_number_of_claims_are_bounded()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        string Of(int count) => """{"userinfo":{""" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"c{i}\":null")) + "}}";
        var (many, few) = (Of(101), Of(100));
        var @long = """{"userinfo":{""" + $"\"{new string('c', 4096)}\":null" + "}}";

        Assert.Equal("invalid_request", (await flow.Browser.OpenAsync(flow.Address(("claims", many))))["error"]);
        Assert.Equal(400, (await flow.Browser.OpenAsync(flow.Address(("claims", @long)))).Status);
        Assert.NotNull((await flow.AuthorizeAsync(("claims", few)))["code"]);
    }

    [Fact]
    public async Task A_client_that_names_a_user_is_answered_for_that_user_alone()
    {
        using var flow = await FlowAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var ann = flow.UserId;
        await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address()), "mei");

        foreach (var claims in new[] { OfIdToken(ann), """{"userinfo":{"sub":{"values":[""" + $"\"{ann}\"" + "]}}}" })
        {
            var silent = await flow.Browser.OpenAsync(flow.Address(("claims", claims), ("prompt", "none")));
            var page = await flow.Browser.OpenAsync(flow.Address(("claims", claims)));
            var stillMei = await flow.SignInAsync(page, "mei");

            Assert.Equal(("login_required", "/login", "login_required", null), (silent["error"], page.Forms.Single().Action, stillMei["error"], stillMei["code"]));
        }

        var good = await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address(("claims", OfIdToken(ann)))), "ann");
        Assert.Equal(ann, (await flow.RedeemAsync(good["code"]!)).Claims("id_token").GetProperty("sub").GetString());
    }

    [Fact]
    public async Task An_essential_acr_is_met_or_refused_and_a_voluntary_one_is_told_as_it_was()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        string Of(string values) => """{"id_token":{"acr":{"essential":true,"values":[""" + values + "]}}}";

        var unmet = await flow.Browser.OpenAsync(flow.Address(("claims", Of("\"urn:example:hardware\""))));
        Assert.Equal(("unmet_authentication_requirements", "the state", null), (unmet["error"], unmet["state"], unmet["code"]));
        foreach (var more in new (string, string?)[]
        {
            ("claims", Of($"\"urn:example:hardware\",\"{AuthenticationContexts.Password}\"")), ("claims", """{"id_token":{"acr":{"essential":true}}}"""),
            ("claims", """{"id_token":{"acr":{"value":"urn:example:hardware"}}}"""), ("acr_values", "urn:example:hardware " + AuthenticationContexts.Password), ("state", "s"),
        })
        {
            Assert.Equal(AuthenticationContexts.Password, (await flow.TokensAsync(more)).Claims("id_token").GetProperty("acr").GetString());
        }

        var miniProgram = await flow.Tenant.SignInAsync(flow.Tenant.Code("mei"));
        var refreshed = await flow.Tenant.RefreshAsync(miniProgram["refresh_token"]!);
        Assert.All([miniProgram, refreshed], t => Assert.Equal(AuthenticationContexts.WeChatMiniProgram, t.Claims("id_token").GetProperty("acr").GetString()));
    }

    private static string OfIdToken(string subject) => """{"id_token":{"sub":{"value":""" + $"\"{subject}\"" + "}}}";

    private static List<string> OfUser(JsonElement claims) =>
        [.. claims.EnumerateObject().Select(p => p.Name).Where(name => Claims.OfUsers.Any(c => c.Name == name)).Order(StringComparer.Ordinal)];

    private static async Task<Answer> TokensAsync(CodeFlow flow, params (string, string?)[] changes)
    {
        var visit = await flow.Browser.OpenAsync(flow.Address(changes));
        return await flow.RedeemAsync((visit["code"] is null ? await flow.SignInAsync(visit, "mei") : visit)["code"]!);
    }

    private static async Task<CodeFlow> FlowAsync(TestServer server, string columns = "")
    {
        var flow = await CodeFlow.StartAsync(server, columns);
        await CodeFlow.AddUserAsync(flow.Tenant, "mei", ("displayName", "Mei"), ("email", "mei@shop.example"), ("phone", "13800138005"));
        return flow;
    }
}
