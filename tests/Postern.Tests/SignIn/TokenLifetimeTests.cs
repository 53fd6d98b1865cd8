using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

public sealed class TokenLifetimeTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Tokens_live_as_long_as_their_application_says(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync("expire_in_hours = 0.5, refresh_expire_in_hours = 3");
        var tokens = await tenant.SignInAsync(tenant.Code("mei"));
        async Task<int> UserInfoAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/userinfo", UriKind.Relative));
            request.Headers.Authorization = new("Bearer", tokens["access_token"]);
            using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }

        Assert.Equal("1800", tokens["expires_in"]);
        server.Clock.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, await UserInfoAsync());
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, await UserInfoAsync());

        server.Clock.Advance(TimeSpan.FromMinutes(150) - TimeSpan.FromSeconds(1));
        var refreshed = await tenant.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal(200, refreshed.Status);
        server.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal("invalid_grant", (await tenant.RefreshAsync(refreshed["refresh_token"]!))["error"]);
    }
}
