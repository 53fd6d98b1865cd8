using System.Net;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>Whose address a record names: a header is believed from a trusted peer only, and there only as far as trust reaches.</summary>
public sealed class ForwardedTests
{
    [Theory]
    [InlineData(DatabaseDriver.Sqlite, null, "203.0.113.7", "127.0.0.1")]
    [InlineData(DatabaseDriver.Postgres, null, "203.0.113.7", "127.0.0.1")]
    [InlineData(DatabaseDriver.Sqlite, "10.0.0.0/8", "203.0.113.7", "127.0.0.1")]
    [InlineData(DatabaseDriver.Sqlite, "127.0.0.0/8", "203.0.113.7", "203.0.113.7")]
    [InlineData(DatabaseDriver.Postgres, "127.0.0.0/8", "203.0.113.7", "203.0.113.7")]
    [InlineData(DatabaseDriver.Sqlite, "127.0.0.0/8", "198.51.100.9, 203.0.113.7", "203.0.113.7")]
    [InlineData(DatabaseDriver.Sqlite, "127.0.0.0/8", "203.0.113.7, 127.0.0.9", "203.0.113.7")]
    [InlineData(DatabaseDriver.Sqlite, "127.0.0.0/8", "no address", "127.0.0.1")]
    public async Task The_address_of_a_record_is_the_last_one_that_a_trusted_peer_names(DatabaseDriver driver, string? trusted, string header, string expected)
    {
        await using var server = await TestServer.StartAsync(driver, o => o with { TrustedProxies = trusted is null ? [] : [IPNetwork.Parse(trusted)] });
        var tenant = await server.NewTenantAsync();
        using var form = new FormUrlEncodedContent([new("tag", "wechat_miniprogram"), new("client_id", tenant.ClientId), new("code", tenant.Code("mei"))]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/login/oauth/access_token", UriKind.Relative)) { Content = form };
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", header);
        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, await server.Database.ReadAsync(c => c.QuerySingleAsync<string>(
            "select client_ip from records where organization = @Organization and action = 'new-user'", new { tenant.Organization })));
    }
}
