using Microsoft.AspNetCore.Http;
using Postern.AuthorizationServer.Outgoing;
using Postern.CasdoorApi.Diagnosis;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Outgoing;

public sealed class OutgoingHttpTests
{
    [Theory]
    [InlineData("https://127.0.0.1:{port}/")]
    [InlineData("https://localhost:{port}/")]
    [InlineData("https://[::1]:{port}/")]
    [InlineData("https://[::ffff:127.0.0.1]:{port}/")]
    [InlineData("https://0.0.0.0:{port}/")]
    [InlineData("https://0x7f000001:{port}/")]
    [InlineData("https://2130706433:{port}/")]
    [InlineData("https://127.1:{port}/")]
    [InlineData("https://0177.0.0.1:{port}/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("http://1.1.1.1/")]
    [InlineData("ftp://1.1.1.1/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:password@1.1.1.1/")]
    [InlineData("/relative")]
    [InlineData("")]
    public async Task An_address_that_only_we_reach_is_not_called_and_not_named(string address)
    {
        await using var site = await LoopbackSite.StartAsync(context => context.Response.WriteAsync("secret"));
        using var http = new OutgoingHttp(new PosternOptions());
        var target = address.Replace("{port}", new Uri(site.Address).Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

        var refusal = await Assert.ThrowsAsync<OutgoingException>(() => http.GetAsync(target, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<OutgoingException>(() => http.PostFormAsync(target, [], TestContext.Current.CancellationToken));

        Assert.Equal(0, site.Requests);
        // Refused before any connection: else the sentence would be the network's.
        Assert.True(refusal.Message is "only https addresses without credentials are called (allowPrivateTargets permits http too)" or "the name has no public address (allowPrivateTargets permits others)", refusal.Message);
    }

    [Fact]
    public async Task A_companys_own_network_is_called_where_the_operator_permits_it()
    {
        await using var site = await LoopbackSite.StartAsync(async context =>
        {
            var form = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync())["a"].ToString() : "";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync($"{context.Request.Method} {form}");
        });
        using var http = new OutgoingHttp(new PosternOptions { AllowPrivateTargets = true });

        var got = await http.GetAsync(site.Address, TestContext.Current.CancellationToken);
        Assert.Equal((200, "application/json", "GET "), (got.Status, got.ContentType, System.Text.Encoding.UTF8.GetString(got.Body)));
        var posted = await http.PostFormAsync(site.Address, [KeyValuePair.Create("a", "b c&d")], TestContext.Current.CancellationToken);
        Assert.Equal("POST b c&d", System.Text.Encoding.UTF8.GetString(posted.Body));
    }

    [Fact]
    public async Task A_side_that_cannot_prove_who_it_is_is_told_from_one_that_is_not_there()
    {
        await using var site = await LoopbackSite.StartAsync(context => context.Response.WriteAsync("no TLS"));
        using var http = new OutgoingHttp(new PosternOptions { AllowPrivateTargets = true });

        var unproven = await Assert.ThrowsAsync<OutgoingException>(() => http.GetAsync(site.Address.Replace("http:", "https:", StringComparison.Ordinal), TestContext.Current.CancellationToken));
        var absent = await Assert.ThrowsAsync<OutgoingException>(() => http.GetAsync("https://127.0.0.1:9/", TestContext.Current.CancellationToken));

        Assert.Equal((HttpRequestError.SecureConnectionError, HttpRequestError.ConnectionError), (unproven.HttpRequestError, absent.HttpRequestError));
        Assert.Equal(("wrong", "unknown"), (AddressChecks.Unreached("", unproven.HttpRequestError).ToJson()["state"]!.ToString(), AddressChecks.Unreached("", absent.HttpRequestError).ToJson()["state"]!.ToString()));
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        await using var inside = await LoopbackSite.StartAsync(context => context.Response.WriteAsync("secret"));
        await using var site = await LoopbackSite.StartAsync(context =>
        {
            context.Response.Redirect(inside.Address);
            return Task.CompletedTask;
        });
        using var http = new OutgoingHttp(new PosternOptions { AllowPrivateTargets = true });

        var answer = await http.GetAsync(site.Address, TestContext.Current.CancellationToken);

        Assert.Equal((302, false), (answer.Status, answer.IsGood));
        Assert.Equal(0, inside.Requests);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_given_up()
    {
        var sent = 0L;
        await using var site = await LoopbackSite.StartAsync(async context =>
        {
            var chunk = new byte[64 * 1024];
            // The writer says at once when nobody takes any more; the request's token is cancelled a little later, and until then writing costs nothing.
            while (sent < 1_000_000_000 && !(await context.Response.BodyWriter.WriteAsync(chunk)).IsCompleted)
            {
                sent += chunk.Length;
            }
        });
        using var http = new OutgoingHttp(new PosternOptions { AllowPrivateTargets = true });

        var refusal = await Assert.ThrowsAsync<OutgoingException>(() => http.GetAsync(site.Address, TestContext.Current.CancellationToken));

        Assert.Equal("the answer is larger than 512 kB", refusal.Message);
        Assert.True(sent < 1_000_000_000);
    }

    [Fact]
    public async Task An_answer_that_drips_is_given_up_after_five_seconds()
    {
        var gone = new TaskCompletionSource();
        await using var site = await LoopbackSite.StartAsync(async context =>
        {
            await context.Response.WriteAsync("[");
            await context.Response.Body.FlushAsync();
            context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        });
        using var http = new OutgoingHttp(new PosternOptions { AllowPrivateTargets = true });

        var refusal = await Assert.ThrowsAsync<OutgoingException>(() => http.GetAsync(site.Address, TestContext.Current.CancellationToken));

        Assert.Equal("no whole answer within five seconds", refusal.Message);
        await gone.Task;
    }

    [Fact]
    public async Task A_caller_who_hangs_up_is_not_told_that_the_other_side_was_slow()
    {
        var gone = new TaskCompletionSource();
        using var caller = new CancellationTokenSource();
        await using var site = await LoopbackSite.StartAsync(async context =>
        {
            context.RequestAborted.Register(gone.SetResult);
            await caller.CancelAsync();
            await gone.Task;
        });
        using var http = new OutgoingHttp(new PosternOptions { AllowPrivateTargets = true });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.GetAsync(site.Address, caller.Token));
    }
}
