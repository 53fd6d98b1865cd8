using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

public sealed class UpdateUserTests(Servers servers)
{
    private const string ExampleColumns = "?columns=display_name,avatar,email,phone,password";

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_documents_call_changes_two_fields_and_nothing_else(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var token = (await host.SignInAsync("mei"))["access_token"]!;
        var before = await host.GetAsync("/api/get-account", "Bearer " + token);

        var answer = await host.UpdateAsync(token, $$"""{"owner":"{{host.Tenant.Organization}}","name":"mei","displayName":"梅","avatar":"https://pictures.example/2.png"}""");

        Assert.Equal("""{"status":"ok","msg":"","sub":"","name":"","data":"Affected","data2":null,"data3":null}""", answer.Text);
        var after = (await host.GetAsync("/api/get-account", "Bearer " + token)).Body.GetProperty("data");
        var changed = before.Body.GetProperty("data").EnumerateObject().Where(p => p.Value.ToString() != after.GetProperty(p.Name).ToString()).Select(p => p.Name);
        Assert.Equal(["avatar", "displayName"], changed.Where(n => n != "updatedTime").Order());
        Assert.Equal(("梅", "https://pictures.example/2.png"), (after.GetProperty("displayName").GetString(), after.GetProperty("avatar").GetString()));
        var next = (await host.Tenant.SignInAsync(host.Tenant.Code("mei"), "Nick", "https://pictures.example/3.png"))["access_token"]!;
        var claims = Claims(next);
        Assert.Equal(("梅", "https://pictures.example/2.png"), (claims["displayName"]!.GetValue<string>(), claims["avatar"]!.GetValue<string>()));
        Assert.Equal("梅", Assert.Single(await host.Tenant.UsersAsync()).DisplayName);
        Assert.Contains("update-user", await host.ActionsAsync());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_examples_form_saves_a_first_password_and_sends_it_again_with_every_save(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var token = (await host.SignInAsync("lin"))["access_token"]!;
        var id = (await host.Tenant.UsersAsync())[0].Id;
        string Form(string displayName, string password) =>
            $$"""{"id":"{{id}}","name":"lin","displayName":"{{displayName}}","avatar":"","email":"lin@example.com","phone":"138 0013 8005","password":"{{password}}"}""";

        Assert.Equal("Affected", (await host.UpdateAsync(token, Form("A", "first-password"), ExampleColumns))["data"]);
        Assert.Equal($"{host.Tenant.Organization}/lin", (await host.LoginAsync("lin", "first-password"))["data"]);
        Assert.Equal("Affected", (await host.UpdateAsync(token, Form("B", "first-password"), ExampleColumns))["data"]);
        Assert.Equal("Affected", (await host.UpdateAsync(token, Form("C", "***"), ExampleColumns))["data"]);

        var refused = await host.UpdateAsync(token, Form("D", "another-password"), ExampleColumns);

        Assert.Contains("Password", refused["msg"], StringComparison.Ordinal);
        var user = Assert.Single(await host.Tenant.UsersAsync());
        Assert.Equal(("C", "lin@example.com", "13800138005", 1L), (user.DisplayName, user.Email, user.Phone, user.SigninWrongTimes));
    }

    [Theory]
    [InlineData("""{"isAdmin":true}""", "Only admin can modify the Is admin.")]
    [InlineData("""{"displayName":"x","score":5}""", "Only admin can modify the Score.")]
    [InlineData("""{"id":"other"}""", "The ID is immutable.")]
    [InlineData("""{"name":"other","displayName":"x"}""", "Only admin can modify the Name.")]
    [InlineData("""{"properties":{"a":"b"}}""", "Only admin can modify the Properties.")]
    [InlineData("""{"emailVerified":true}""", "Only admin can modify the emailVerified.")]
    [InlineData("""{"displayName":""}""", "Display name cannot be empty")]
    [InlineData("""{"phone":"call me"}""", "Phone number is invalid")]
    [InlineData("""{"displayName":5}""", "json: cannot unmarshal number into Go struct field User.displayName of type string")]
    public async Task A_change_that_is_not_allowed_refuses_the_whole_call_and_names_the_field(string body, string message)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var token = (await host.SignInAsync("wei"))["access_token"]!;

        var answer = await host.UpdateAsync(token, body);

        Assert.Equal(("error", message), (answer["status"], answer["msg"]));
        Assert.Equal("wei", Assert.Single(await host.Tenant.UsersAsync()).DisplayName);
    }

    [Theory]
    [InlineData("roles", """[{"name":"boss"}]""", "use update-role")]
    [InlineData("permissions", """[{"name":"all"}]""", "use update-permission")]
    [InlineData("wechat", "\"somebody\"", "the server writes it")]
    [InlineData("passwordType", "\"plain\"", "set a password instead")]
    [InlineData("signinWrongTimes", "0", null)]
    public async Task What_this_route_does_not_write_is_ignored_unless_it_was_asked_for_by_name(string property, string value, string? remedy)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var token = (await host.SignInAsync("wei"))["access_token"]!;
        var body = $$"""{"displayName":"Wei","{{property}}":{{value}}}""";

        Assert.Equal("Affected", (await host.UpdateAsync(token, body))["data"]);
        var named = await host.UpdateAsync(token, body, $"?columns={property}");

        Assert.Equal(remedy is null ? "ok" : "error", named["status"]);
        Assert.EndsWith(remedy ?? "", named["msg"], StringComparison.Ordinal);
        var shown = await host.GetAsync("/api/get-account", "Bearer " + token);
        Assert.Equal("Wei", shown.Body.GetProperty("data").GetProperty("displayName").GetString());
        Assert.DoesNotContain("somebody", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_read_shows_can_be_sent_back_whole()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var token = (await host.SignInAsync("yan"))["access_token"]!;
        foreach (var path in new[] { "/api/get-account", $"/api/get-user?id={host.Tenant.Organization}/yan" })
        {
            var shown = (await host.GetAsync(path, "Bearer " + token)).Body.GetProperty("data").GetRawText();
            Assert.Equal("Affected", (await host.UpdateAsync(token, shown))["data"]);
        }
    }

    [Fact]
    public async Task Nobody_changes_somebody_else()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await host.SignInAsync("victim");
        var token = (await host.SignInAsync("mallory"))["access_token"]!;
        var organization = host.Tenant.Organization;

        Assert.Equal("Unauthorized operation", (await host.UpdateAsync(token, $$"""{"owner":"{{organization}}","name":"victim","displayName":"x"}"""))["msg"]);
        Assert.Equal("Unauthorized operation", (await host.UpdateAsync(token, """{"displayName":"x"}""", $"?id={organization}/victim"))["msg"]);
        Assert.Equal("Unauthorized operation", (await host.SendAsync(HttpMethod.Post, "/api/update-user", null, """{"displayName":"x"}"""))["msg"]);
        Assert.DoesNotContain(await host.Tenant.UsersAsync(), u => u.DisplayName == "x");
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_email_belongs_to_one_user_of_an_organization_even_in_a_race(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => (await host.SignInAsync("racer" + i))["access_token"]!));

        var answers = await Task.WhenAll(tokens.Select(t => host.UpdateAsync(t, """{"email":"one@example.com"}""")));

        Assert.Single(answers, a => a["data"] == "Affected");
        Assert.Equal(7, answers.Count(a => a["msg"] == "Email already exists"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_global_administrator_changes_anybody_and_forbidding_ends_his_tokens(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var token = (await host.SignInAsync("han"))["access_token"]!;
        await host.ExecuteAsync("update applications set organization = 'built-in', organization_id = (select id from organizations where name = 'built-in') where name = @Application", new { host.Tenant.Application });
        var basic = "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{host.Tenant.ClientId}:{host.Tenant.ClientSecret}"));
        // The application's organization is looked up with it, so it must exist.
        await host.ExecuteAsync(
            """
            insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
              enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
            values ('built-in', 'admin', 'built-in', 1, '', '', '', '[]', false, false, false, 0, 0, '{}') on conflict do nothing
            """, new { });

        var answer = await host.SendAsync(HttpMethod.Post, $"/api/update-user?id={host.Tenant.Organization}/han", basic, """{"score":7,"isForbidden":true,"name":"han2"}""");

        Assert.Equal("Affected", answer["data"]);
        Assert.Equal("The user is forbidden to sign in, please contact the administrator", (await host.GetAsync("/api/get-account", "Bearer " + token))["msg"]);
        var user = (await host.GetAsync($"/api/get-user?id={host.Tenant.Organization}/han2", basic)).Body.GetProperty("data");
        Assert.Equal((7, true), (user.GetProperty("score").GetInt32(), user.GetProperty("isForbidden").GetBoolean()));
    }

    private static System.Text.Json.Nodes.JsonNode Claims(string jwt) =>
        System.Text.Json.Nodes.JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(jwt.Split('.')[1]))!;
}
