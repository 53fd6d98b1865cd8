using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

/// <summary>What an older version kept and this one refuses to keep ends no sign-in with an error of ours.</summary>
public sealed class OldRowTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Numbers_of_any_size_are_read_as_the_largest_that_counts(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewWebTenantAsync(
            "password", "enable_password = true, failed_signin_frozen_time = 9223372036854775807, failed_signin_limit = 9223372036854775807, cookie_expire_in_hours = 9223372036854775807, "
            + "expire_in_hours = 1e300, refresh_expire_in_hours = 1e300");
        await tenant.AddUserAsync("mei");
        await server.ExecuteAsync(
            "update organizations set token_retention_days = 9223372036854775807, record_retention_days = 9223372036854775807 where name = @Organization", new { tenant.Organization });

        var wrong = await PasswordAsync("wrong-Password-1");
        Assert.Equal((400, "invalid_grant"), (wrong.Status, wrong["error"]));
        var right = await PasswordAsync(PasswordUsers.Password);
        Assert.Equal(200, right.Status);
        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("lin"))).Status);

        using var content = new StringContent(new JsonObject
        {
            ["type"] = "login", ["application"] = tenant.Application, ["organization"] = tenant.Organization, ["username"] = "mei", ["password"] = PasswordUsers.Password, ["autoSignin"] = true,
        }.ToJsonString());
        using var session = await server.Http.PostAsync(new Uri("/api/login", UriKind.Relative), content);
        Assert.Equal("ok", JsonNode.Parse(await session.Content.ReadAsStringAsync())!["status"]!.ToString());

        Task<Answer> PasswordAsync(string password) => tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", "mei"), ("password", password));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_flag_of_a_provider_that_is_no_flag_opens_nothing_and_breaks_nothing(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        foreach (var (providers, status) in new[] { ("""[{"name":@,"canSignIn":"x"}]""", 401), ("[null, 7, {\"name\":7}, {\"name\":@,\"CanSignIn\":null}]", 200), ("{}", 401), ("null", 401) })
        {
            var name = "mini-" + tenant.ClientId["client-".Length..];
            await server.ExecuteAsync(
                "update applications set providers = @providers where client_id = @ClientId", new { providers = providers.Replace("@", $"\"{name}\"", StringComparison.Ordinal), tenant.ClientId });
            Assert.Equal((providers, status), (providers, (await tenant.SignInAsync(tenant.Code("mei"))).Status));
        }
    }
}
