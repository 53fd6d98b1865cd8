using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.UnitTests.WeChat;

public sealed class SandboxTests : IAsyncLifetime
{
    private readonly StoppedClock _clock = new();
    private readonly HttpClient _http = new();
    private Sandbox _sandbox = null!;

    private static CancellationToken Ends => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await SandboxHost.StartAsync(new SandboxOptions { Port = 0, Clock = _clock, EnvironmentName = "Development" }, Ends);
        _http.BaseAddress = _sandbox.BaseUri;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _sandbox.DisposeAsync();
    }

    [Theory]
    [InlineData("", 41002)]
    [InlineData("appid=wxnone", 41004)]
    [InlineData("appid=wxnone&secret=x", 41008)]
    [InlineData("appid=wxnone&secret=x&js_code=y", 40013)]
    [InlineData("appid=wxsandbox00000001&secret=x&js_code=y", 40125)]
    [InlineData("appid=wxsandbox00000001&secret=SECRET&js_code=y", 40002)]
    [InlineData("appid=wxsandbox00000001&secret=SECRET&js_code=y&grant_type=authorization_code", 40029)]
    public async Task Parameters_are_checked_in_order(string query, int errCode)
    {
        var secret = SandboxApp.Demo.AppSecret;
        Assert.Equal(errCode, ErrCode(await GetAsync("sns/jscode2session?" + query.Replace("SECRET", secret, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_code_lives_five_minutes()
    {
        var (works, dead) = (Mint(), Mint());
        _clock.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(0, ErrCode(await SessionAsync(works)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(40029, ErrCode(await SessionAsync(dead)));
    }

    [Fact]
    public async Task A_code_is_good_once_and_for_its_own_app_only()
    {
        var code = Mint();
        Assert.Equal(40029, ErrCode(await SessionAsync(code, SandboxApp.Second)));
        Assert.Equal(0, ErrCode(await SessionAsync(code)));
        Assert.Equal(40163, ErrCode(await SessionAsync(code)));
    }

    [Fact]
    public async Task Of_many_who_present_one_code_one_gets_the_session()
    {
        var code = Mint();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SessionAsync(code)));
        Assert.Equal(19, answers.Count(answer => ErrCode(answer) == 40163));
        Assert.Equal(1, answers.Count(answer => ErrCode(answer) == 0));
    }

    [Theory]
    [InlineData(FaultPoint.After, 40163)]
    [InlineData(FaultPoint.Before, 0)]
    public async Task A_cut_after_processing_spends_the_code_and_one_before_does_not(FaultPoint cut, int errCode)
    {
        var code = Mint();
        _sandbox.Inject(new SandboxFault { Route = "jscode2session", Fault = new FaultKind { Cut = cut } });
        await Assert.ThrowsAsync<HttpRequestException>(() => SessionAsync(code));
        Assert.Equal(errCode, ErrCode(await SessionAsync(code)));
    }

    [Fact]
    public async Task A_session_key_stays_ten_minutes_and_then_changes()
    {
        var first = Text(await SessionAsync(Mint()), "session_key");
        _clock.Advance(TimeSpan.FromSeconds(599));
        Assert.Equal(first, Text(await SessionAsync(Mint()), "session_key"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(first, Text(await SessionAsync(Mint()), "session_key"));
    }

    [Fact]
    public async Task One_person_has_an_openid_per_app_and_a_unionid_per_open_platform_account()
    {
        var first = await SessionAsync(Mint());
        var again = await SessionAsync(Mint());
        var second = await SessionAsync(Mint(SandboxApp.Second), SandboxApp.Second);
        var other = await SessionAsync(Mint(persona: "bob"));
        Assert.Equal(Text(first, "openid"), Text(again, "openid"));
        Assert.NotEqual(Text(first, "openid"), Text(second, "openid"));
        Assert.Equal(Text(first, "unionid"), Text(second, "unionid"));
        Assert.NotEqual(Text(first, "unionid"), Text(other, "unionid"));
        Assert.Equal(Text(first, "openid")[..6], Text(other, "openid")[..6]);
    }

    [Fact]
    public async Task A_blocked_persona_is_a_risky_user()
    {
        await PostAsync("sandbox/personas/mallory", """{"blocked":true}""");
        Assert.Equal(40226, ErrCode(await SessionAsync(Mint(persona: "mallory"))));
        Assert.Equal(0, ErrCode(await SessionAsync(Mint(persona: "alice"))));
    }

    [Fact]
    public async Task Sns_answers_are_text_and_cgi_bin_answers_are_json_with_encoding()
    {
        using var sns = await _http.GetAsync(new Uri("sns/jscode2session", UriKind.Relative), Ends);
        using var cgiBin = await _http.GetAsync(new Uri("cgi-bin/token", UriKind.Relative), Ends);
        Assert.Equal("text/plain", sns.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal("application/json; encoding=utf-8", cgiBin.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal("1", sns.Headers.GetValues("X-WeChat-Sandbox").Single());
    }

    [Fact]
    public async Task A_rid_begins_with_the_time()
    {
        var message = Text(await GetAsync("sns/jscode2session"), "errmsg");
        Assert.Matches("^appid missing, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$", message);
        Assert.Contains(_clock.GetUtcNow().ToUnixTimeSeconds().ToString("x8", CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_post_is_refused_with_412()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "cgi-bin/stable_token") { Content = new StringContent("{}") };
        request.Headers.TransferEncodingChunked = true;
        using var response = await _http.SendAsync(request, Ends);
        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
    }

    [Fact]
    public async Task Stable_token_wants_a_json_post()
    {
        Assert.Equal(43002, ErrCode(await GetAsync("cgi-bin/stable_token")));
        Assert.Equal(44002, ErrCode(await PostAsync("cgi-bin/stable_token", "")));
        Assert.Equal(47001, ErrCode(await PostAsync("cgi-bin/stable_token", "appid=a&secret=b")));
    }

    [Fact]
    public async Task A_plain_token_replaces_the_one_before_within_five_minutes()
    {
        var before = Text(await PlainTokenAsync(), "access_token");
        var after = Text(await PlainTokenAsync(), "access_token");
        Assert.NotEqual(before, after);
        _clock.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(41009, await VerdictAsync(before));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(40001, await VerdictAsync(before));
        Assert.Equal(41009, await VerdictAsync(after));
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(42001, await VerdictAsync(after));
    }

    [Fact]
    public async Task A_stable_token_stays_and_says_what_is_left_of_it()
    {
        var first = await StableTokenAsync();
        await PlainTokenAsync();
        _clock.Advance(TimeSpan.FromSeconds(6900));
        var last = await StableTokenAsync();
        Assert.Equal(Text(first, "access_token"), Text(last, "access_token"));
        Assert.Equal(300, last.RootElement.GetProperty("expires_in").GetInt32());
        _clock.Advance(TimeSpan.FromSeconds(1));
        var next = await StableTokenAsync();
        Assert.NotEqual(Text(first, "access_token"), Text(next, "access_token"));
        Assert.Equal(7200, next.RootElement.GetProperty("expires_in").GetInt32());
        Assert.Equal(41009, await VerdictAsync(Text(first, "access_token")));
    }

    [Fact]
    public async Task A_forced_refresh_voids_at_once_but_not_twice_in_thirty_seconds_nor_more_than_twenty_times_a_day()
    {
        var first = Text(await StableTokenAsync(), "access_token");
        var second = Text(await StableTokenAsync(force: true), "access_token");
        Assert.NotEqual(first, second);
        Assert.Equal(40001, await VerdictAsync(first));
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(second, Text(await StableTokenAsync(force: true), "access_token"));
        var tokens = new HashSet<string> { second };
        for (var i = 0; i < 25; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(30));
            tokens.Add(Text(await StableTokenAsync(force: true), "access_token"));
        }

        Assert.Equal(20, tokens.Count);
    }

    [Fact]
    public async Task Frozen_apps_and_foreign_addresses_are_refused()
    {
        await PostAsync("sandbox/apps", """{"appId":"wxsandboxfrozen","frozen":true}""");
        await PostAsync("sandbox/apps", """{"appId":"wxsandboxfenced","ipWhitelist":["203.0.113.9"]}""");
        Assert.Equal(40243, ErrCode(await StableTokenAsync("wxsandboxfrozen")));
        var fenced = await StableTokenAsync("wxsandboxfenced");
        Assert.Equal(40164, ErrCode(fenced));
        Assert.StartsWith("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist", Text(fenced, "errmsg"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_control_routes_mint_fault_count_and_move_the_clock()
    {
        var code = await BodyAsync("sandbox/code?appid=wxsandbox00000001&persona=alice");
        Assert.Matches("^0[0-9A-Za-z]{31}$", code);
        await PostAsync("sandbox/faults", """{"route":"jscode2session","times":1,"fault":{"errcode":45011}}""");
        Assert.Equal(45011, ErrCode(await SessionAsync(code)));
        using var calls = await GetAsync("sandbox/calls");
        Assert.Equal(1, Assert.Single(calls.RootElement.EnumerateArray()).GetProperty("count").GetInt32());
        await BodyAsync("sandbox/clock/advance?seconds=300");
        Assert.Equal(40029, ErrCode(await SessionAsync(code)));
        Assert.Equal(5, (await BodyAsync("sandbox/code?appid=wxsandbox00000001&persona=p*&count=5")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    public async Task A_code_is_not_given_to_another_sites_page(string header, string value)
    {
        Assert.Equal(HttpStatusCode.Forbidden, await MintStatusAsync(header, value));
    }

    [Fact]
    public async Task A_code_is_given_to_the_sandboxs_own_page()
    {
        Assert.Equal(HttpStatusCode.OK, await MintStatusAsync("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.OK, await MintStatusAsync("Origin", _sandbox.BaseUri.GetLeftPart(UriPartial.Authority)));
    }

    [Fact]
    public async Task A_code_cannot_be_had_by_get()
    {
        using var response = await _http.GetAsync(new Uri("sandbox/code?appid=wxsandbox00000001&persona=alice", UriKind.Relative), Ends);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("apps", """{"appId":"wx1","colour":"red"}""", "there is no property colour; there are appId, appSecret")]
    [InlineData("apps", """{"appSecret":"x"}""", "appId is missing")]
    [InlineData("apps", """{"appId":null}""", "appId is 1 to 64 characters")]
    [InlineData("apps", """{"appId":"wx1","frozen":"perhaps"}""", "frozen has a value that it cannot have")]
    [InlineData("apps", """{"appId":""", "the body is not JSON: line 1, byte 10")]
    [InlineData("apps", "[]", "the body is a JSON object")]
    [InlineData("faults", """{"route":"token","fault":{"cot":"mid"}}""", "there is no property fault.cot; there are fault.errCode")]
    [InlineData("faults", """{"route":"token","fault":null}""", "fault is an object")]
    [InlineData("faults", """{"route":"token","fault":{"delayMs":-1}}""", "fault is an object; its delayMs is 0 to")]
    [InlineData("personas/mei", """{"shut":true}""", "there is no property shut; there are blocked")]
    public async Task A_control_body_that_does_not_do_is_answered_with_a_sentence(string route, string body, string sentence)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri("sandbox/" + route, UriKind.Relative), content, Ends);
        var text = await response.Content.ReadAsStringAsync(Ends);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(sentence, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_form_answers_with_a_page_whose_code_and_curl_line_work()
    {
        var page = await _http.GetStringAsync(new Uri("", UriKind.Relative), Ends);
        Assert.Contains("<form method=\"post\" action=\"/\">", page, StringComparison.Ordinal);
        var (status, result) = await SubmitAsync("o'Neil <b>");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("<b>", result, StringComparison.Ordinal);
        Assert.Contains("--data-urlencode 'persona=o'\\''Neil <b>'", WebUtility.HtmlDecode(result), StringComparison.Ordinal);
        var curl = System.Text.RegularExpressions.Regex.Match(WebUtility.HtmlDecode(result), "curl '[^']*/(sns/jscode2session[^']*)'").Groups[1].Value;
        Assert.Contains(System.Text.RegularExpressions.Regex.Match(result, "id=\"code\" tabindex=\"0\">([^<]+)<").Groups[1].Value, curl, StringComparison.Ordinal);
        Assert.Equal(0, ErrCode(await GetAsync(curl)));
    }

    [Fact]
    public async Task The_pages_form_says_on_a_page_what_does_not_do()
    {
        var (status, page) = await SubmitAsync(" ");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("role=\"alert\"", page, StringComparison.Ordinal);
        Assert.Contains("persona is a name of 1 to 64 characters", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_form_is_not_another_sites_to_send()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var response = await _http.SendAsync(request, Ends);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private async Task<(HttpStatusCode Status, string Page)> SubmitAsync(string persona)
    {
        using var form = new FormUrlEncodedContent([new("appid", SandboxApp.Demo.AppId), new("persona", persona)]);
        using var response = await _http.PostAsync(new Uri("", UriKind.Relative), form, Ends);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Ends));
    }

    [Fact]
    public async Task It_does_not_start_in_production() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => SandboxHost.StartAsync(new SandboxOptions { Port = 0, EnvironmentName = "Production" }, Ends));

    private string Mint(SandboxApp? app = null, string persona = "alice") => _sandbox.MintCode((app ?? SandboxApp.Demo).AppId, persona);

    private Task<JsonDocument> SessionAsync(string code, SandboxApp? app = null)
    {
        app ??= SandboxApp.Demo;
        return GetAsync($"sns/jscode2session?appid={app.AppId}&secret={app.AppSecret}&js_code={code}&grant_type=authorization_code");
    }

    private Task<JsonDocument> PlainTokenAsync() =>
        GetAsync($"cgi-bin/token?grant_type=client_credential&appid={SandboxApp.Demo.AppId}&secret={SandboxApp.Demo.AppSecret}");

    private Task<JsonDocument> StableTokenAsync(string appId = "wxsandbox00000001", bool force = false) => PostAsync(
        "cgi-bin/stable_token",
        $$"""{"grant_type":"client_credential","appid":"{{appId}}","secret":"{{SandboxApp.SecretFor(appId)}}","force_refresh":{{(force ? "true" : "false")}}}""");

    /// <summary>A good token meets the next complaint: 41009, the openid is missing.</summary>
    private async Task<int> VerdictAsync(string token) => ErrCode(await GetAsync("wxa/checksession?access_token=" + token));

    private async Task<JsonDocument> GetAsync(string address) =>
        JsonDocument.Parse(await _http.GetStringAsync(new Uri(address, UriKind.Relative), Ends));

    private async Task<JsonDocument> PostAsync(string address, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(address, UriKind.Relative), content, Ends);
        response.EnsureSuccessStatusCode();
        var text = await response.Content.ReadAsStringAsync(Ends);
        return JsonDocument.Parse(text.Length == 0 ? "null" : text);
    }

    private async Task<string> BodyAsync(string address)
    {
        using var response = await _http.PostAsync(new Uri(address, UriKind.Relative), null, Ends);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(Ends);
    }

    private async Task<HttpStatusCode> MintStatusAsync(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "sandbox/code?appid=wxsandbox00000001&persona=alice");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _http.SendAsync(request, Ends);
        return response.StatusCode;
    }

    private static int ErrCode(JsonDocument answer) => answer.RootElement.TryGetProperty("errcode", out var code) ? code.GetInt32() : 0;

    private static string Text(JsonDocument answer, string name) => answer.RootElement.GetProperty(name).GetString()!;
}
