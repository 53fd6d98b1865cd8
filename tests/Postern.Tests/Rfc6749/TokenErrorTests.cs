using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc6749;

/// <summary>RFC 6749 §5.2.</summary>
public sealed class TokenErrorTests(Servers servers)
{
    [Theory]
    [InlineData("", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=nobody", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=nobody%00", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id={id}&client_secret=wrong", 401, "invalid_client")]
    [InlineData("grant_type=refresh_token&client_id={id}&client_secret=wrong&refresh_token=x", 401, "invalid_client")]
    [InlineData("client_id={id}&client_secret={secret}", 400, "unsupported_grant_type")]
    [InlineData("client_id={id}&client_secret={secret}&grant_type=nonsense%22%5C", 400, "unsupported_grant_type")]
    [InlineData("client_id={id}&client_secret={secret}&grant_type=client_credentials", 400, "unsupported_grant_type")]
    [InlineData("client_id={id}&client_secret={secret}&grant_type=password&username=ann&password=right-password", 400, "unsupported_grant_type")]
    [InlineData("client_id={id}&client_secret={secret}&grant_type=implicit", 400, "unsupported_grant_type")]
    [InlineData("client_id={id}&client_secret={secret}&grant_type=authorization_code", 400, "invalid_request")]
    [InlineData("client_id={id}&client_secret={secret}&grant_type=authorization_code&code=nonsense", 400, "invalid_grant")]
    [InlineData("client_id={id}&client_secret={secret}&grant_type=refresh_token", 400, "invalid_request")]
    [InlineData("client_id={id}&client_secret={secret}&grant_type=refresh_token&refresh_token=nonsense", 400, "invalid_grant")]
    [InlineData("client_id={id}&client_secret={secret}&grant_type=refresh_token&refresh_token=0198c0de-0000-7000-8000-000000000000.x", 400, "invalid_grant")]
    [InlineData("client_id={id}&client_id={id}&grant_type=authorization_code&code=x", 400, "invalid_request")]
    [InlineData("client_id={id}&grant_type=authorization_code&code=x&code=y", 400, "invalid_request")]
    public async Task A_request_that_is_wrong_has_its_status_and_its_code(string body, int status, string error)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var content = new StringContent(
            body.Replace("{id}", flow.Tenant.ClientId, StringComparison.Ordinal).Replace("{secret}", flow.Tenant.ClientSecret, StringComparison.Ordinal),
            System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");

        var answer = await flow.Client.SendAsync(HttpMethod.Post, "/api/login/oauth/access_token", content, null);

        Assert.Equal((status, error), (answer.Status, answer["error"]));
        Assert.True(answer["error_description"]!.All(c => c is >= ' ' and <= '~' and not '"' and not '\\'), answer.Text);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Count > 0);
        Assert.Null(answer["access_token"]);
    }

    [Theory]
    [InlineData("Basic nonsense!")]
    [InlineData("Basic bm8tY29sb24=")]
    [InlineData("Basic ")]
    public async Task Basic_credentials_that_cannot_be_read_are_no_client(string header)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var answer = await flow.Client.PostAsync("/api/login/oauth/access_token", header, ("grant_type", "client_credentials"));

        Assert.Equal((401, "invalid_client"), (answer.Status, answer["error"]));
    }

    [Fact]
    public async Task Who_names_one_client_in_the_header_and_another_in_the_body_is_neither()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server, """grant_types = '["client_credentials"]'""");
        using var other = await CodeFlow.StartAsync(server, """grant_types = '["client_credentials"]'""");

        var answer = await flow.Client.PostAsync("/api/login/oauth/access_token", flow.Basic, ("grant_type", "client_credentials"), ("client_id", other.Tenant.ClientId));

        Assert.Equal((401, "invalid_client"), (answer.Status, answer["error"]));
    }

    [Fact]
    public async Task A_right_secret_in_the_header_does_not_excuse_a_wrong_one_in_the_body()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var answer = await flow.RedeemAsync(await flow.CodeAsync(), ("client_secret", "wrong"));
        var both = await flow.Client.PostAsync("/api/login/oauth/access_token", flow.Basic,
            ("grant_type", "authorization_code"), ("code", await flow.CodeAsync()), ("code_verifier", CodeFlow.Verifier), ("client_secret", "wrong"));

        Assert.Equal([(401, "invalid_client"), (401, "invalid_client")], new[] { answer, both }.Select(a => (a.Status, a["error"]!)));
    }
}
