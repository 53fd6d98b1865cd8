using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

public sealed class FirstSignInTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_documented_call_makes_a_user_and_answers_in_OAuths_shape(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();

        var answer = await tenant.SignInAsync(tenant.Code("mei"), "Mei", "https://pictures.example/mei.png");

        Assert.Equal(200, answer.Status);
        Assert.Equal(["access_token", "id_token", "refresh_token", "token_type", "expires_in", "scope"], answer.Body.EnumerateObject().Select(p => p.Name));
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var user = Assert.Single(await tenant.UsersAsync());
        Assert.Equal(("Mei", "Mei", "https://pictures.example/mei.png"), (user.Name, user.DisplayName, user.Avatar));
        var claims = answer.Claims("access_token");
        Assert.Equal(user.Id, claims.GetProperty("sub").GetString());
        Assert.Equal("access-token", claims.GetProperty("tokenType").GetString());
        Assert.Equal("id-token", answer.Claims("id_token").GetProperty("tokenType").GetString());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Two_hundred_parallel_first_sign_ins_of_one_person_make_one_user(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => tenant.SignInAsync(tenant.Code("one"), "Nick" + (i % 3))));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Single(await tenant.UsersAsync());
        Assert.Single(answers.Select(a => a.Claims("access_token").GetProperty("sub").GetString()).Distinct());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Two_hundred_at_once_are_served_by_a_server_that_has_just_started(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, options => driver == DatabaseDriver.Sqlite
            ? options
            : options with { ConnectionString = PostgresServer.WithoutPoolSize(options.ConnectionString) });
        var tenant = await server.NewTenantAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => tenant.SignInAsync(tenant.Code("one"), "Mei")));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Single(await tenant.UsersAsync());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Ten_people_called_Tom_are_ten_users(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => tenant.SignInAsync(tenant.Code("person" + i), "Tom")));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        var users = await tenant.UsersAsync();
        Assert.Equal(10, users.Count);
        Assert.All(users, u => Assert.Equal("Tom", u.DisplayName));
        Assert.Single(users, u => u.Name == "Tom");
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_same_code_eight_times_at_once_is_one_call_to_WeChat(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var code = tenant.Code("double");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => tenant.SignInAsync(code)));
        var again = await tenant.SignInAsync(code);

        Assert.All([.. answers, again], a => Assert.Equal(200, a.Status));
        Assert.Equal(1, tenant.Server.WeChat.CallsTo("jscode2session", tenant.MiniProgram.AppId));
        Assert.Single(await tenant.UsersAsync());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_same_code_at_two_nodes_at_once_makes_one_user(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        await using var node = await server.StartNodeAsync();
        var tenant = await server.NewTenantAsync();
        var there = tenant with { Server = node };
        for (var i = 0; i < 10; i++)
        {
            var code = tenant.Code("twin" + i);

            var answers = await Task.WhenAll(tenant.SignInAsync(code), there.SignInAsync(code));

            Assert.All(answers, a => Assert.Equal(200, a.Status));
            Assert.Single(answers.Select(a => a.Claims("access_token").GetProperty("sub").GetString()).Distinct());
            Assert.Equal(i + 1, (await tenant.UsersAsync()).Count);
        }
    }
}
