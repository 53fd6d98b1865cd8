using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.AdminConsole;

/// <summary>Forms, secrets, deletions and lists.</summary>
public sealed class ConsoleEditTests(Chromium browser)
{
    [Fact]
    public async Task A_client_secret_is_shown_by_a_click_that_leaves_a_record_and_made_anew_by_another()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewTenantAsync("grant_types = '[\"client_credentials\"]'");
        await using var guest = await ConsoleGuest.AdministratorAsync(server, browser, $"/applications/admin/{tenant.Application}");
        using var administrator = await Administrator.OfAsync(server);
        Assert.DoesNotContain(tenant.ClientSecret, await guest.Page.ContentAsync(), StringComparison.Ordinal);
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = tenant.Application.Replace("app-", "mini-", StringComparison.Ordinal) })).ToBeVisibleAsync();
        Assert.Empty(await RecordsAsync("show-client-secret"));

        await guest.Button("Show").ClickAsync();
        await Expect(guest.Field("Client secret")).ToHaveValueAsync(tenant.ClientSecret);
        Assert.Single(await RecordsAsync("show-client-secret"));

        await guest.Button("Replace").ClickAsync();
        await guest.Page.GetByRole(AriaRole.Dialog).GetByText("Replace", new() { Exact = true }).ClickAsync();
        await Expect(guest.Field("Client secret")).Not.ToHaveValueAsync(tenant.ClientSecret);
        Assert.Equal(401, (await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret))).Status);
        Assert.Equal(200, (await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", await guest.Field("Client secret").InputValueAsync()))).Status);
        guest.Visitor.AssertContent();

        async Task<JsonArray> RecordsAsync(string action) =>
            (await administrator.PostAsync("/api/get-records-filter?p=1&pageSize=10", new JsonObject { ["action"] = action, ["user"] = "admin" }.ToJsonString())).Body["data"]!.AsArray();
    }

    [Fact]
    public async Task A_webhook_that_was_not_taken_shows_why_and_is_told_again_by_a_click()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewTenantAsync();
        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-webhook", new JsonObject
        {
            ["owner"] = tenant.Organization, ["name"] = "hook", ["organization"] = tenant.Organization, ["url"] = receiver.Address, ["events"] = new JsonArray("signup"), ["isEnabled"] = true,
        }));
        await tenant.SignInAsync(tenant.Code("mei"), "Mei");
        // As after its last attempt, whether the server's own timer was quicker or not.
        await server.ExecuteAsync("update webhook_events set state = 'Failed', next_time = 0, attempts = 4, status_code = 500, error = 'it answered 500', reason = 'answered'");
        await using var guest = await ConsoleGuest.NewAsync(server, browser, tenant.Organization, "boss", isAdmin: true, $"/webhooks/{tenant.Organization}/hook?tab=deliveries");
        await Expect(guest.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Failed" })).ToContainTextAsync("HTTP status 500");

        await guest.Button("Send again").ClickAsync();

        await Expect(guest.Text("It is being sent again")).ToBeVisibleAsync();
        await Expect(guest.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Failed" })).ToHaveCountAsync(0);
        Assert.Equal("signup", JsonNode.Parse((await receiver.NextAsync()).Body)!["action"]!.ToString());
        guest.Visitor.AssertContent();
    }

    [Fact]
    public async Task A_role_is_made_changed_in_form_and_JSON_shows_who_changed_it_guards_what_is_unsaved_and_is_deleted_by_its_name()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewTenantAsync();
        await using var guest = await ConsoleGuest.NewAsync(server, browser, tenant.Organization, "boss", isAdmin: true, "/roles");
        using var administrator = await Administrator.OfAsync(server);
        var id = $"{tenant.Organization}/editor";

        await guest.Page.GetByText("Add role").First.ClickAsync();
        await guest.Button("Create").ClickAsync();
        await Expect(guest.Page.GetByText("Name is required")).ToBeVisibleAsync();
        await guest.Field("Name").FillAsync("editor");
        await guest.Field("Users").FillAsync("bo");
        await guest.Page.GetByTitle($"{tenant.Organization}/boss").ClickAsync();
        await guest.Button("Create").ClickAsync();
        await Expect(guest.Page).ToHaveURLAsync(ConsoleGuest.At(server, $"/roles/{id}"));
        Assert.Equal($"{tenant.Organization}/boss", (await RoleAsync())["users"]![0]!.ToString());

        await guest.Field("Display name").FillAsync("Editor");
        await guest.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Users" }).ClickAsync();
        await Expect(guest.Page.GetByText("Leave without saving?").Last).ToBeVisibleAsync();
        await guest.Button("Stay").ClickAsync();
        await guest.Button("Save").ClickAsync();
        await Expect(guest.Heading).ToHaveTextAsync("Editor");

        await guest.Page.GetByRole(AriaRole.Tab, new() { Name = "JSON" }).ClickAsync();
        var json = guest.Field("role as JSON");
        var document = JsonNode.Parse(await json.InputValueAsync())!;
        document["description"] = "by hand";
        await json.FillAsync(document.ToJsonString());
        await guest.Button("Save").ClickAsync();
        await Expect(guest.Page.Locator(".save-bar")).ToHaveCountAsync(0);
        Assert.Equal(("Editor", "by hand"), ((await RoleAsync())["displayName"]!.ToString(), (await RoleAsync())["description"]!.ToString()));

        await guest.Page.GetByRole(AriaRole.Tab, new() { Name = "Changes" }).ClickAsync();
        await Expect(guest.Page.GetByText("update-role")).ToHaveCountAsync(2);
        await Expect(guest.Page.GetByText("add-role")).ToHaveCountAsync(1);

        await guest.Button("Delete").ClickAsync();
        var dialog = guest.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToBeDisabledAsync();
        await dialog.GetByRole(AriaRole.Textbox).FillAsync(id);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(guest.Heading).ToHaveTextAsync("Roles");
        Assert.Null((await administrator.GetAsync($"/api/get-role?id={id}"))["data"]);
        guest.Visitor.AssertContent();

        async Task<JsonNode> RoleAsync() => (await administrator.GetAsync($"/api/get-role?id={id}"))["data"]!;
    }

    [Fact]
    public async Task A_list_is_searched_sorted_and_paged_by_its_address_changed_in_bulk_and_exported()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewTenantAsync();
        using var administrator = await Administrator.OfAsync(server);
        for (var i = 0; i < 25; i++)
        {
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-user", new JsonObject { ["owner"] = tenant.Organization, ["name"] = $"user{i:00}", ["displayName"] = i % 2 == 0 ? "=even" : "odd" }));
        }

        await using var guest = await ConsoleGuest.AdministratorAsync(server, browser, $"/users?organization={tenant.Organization}&sort=name&order=ascend&p=2&pageSize=10");
        var rows = guest.Page.Locator("tbody tr.ant-table-row");
        await Expect(rows).ToHaveCountAsync(10);
        await Expect(rows.First).ToContainTextAsync("user10");

        await guest.Page.GetByRole(AriaRole.Searchbox).FillAsync("user1");
        await guest.Page.GetByRole(AriaRole.Searchbox).PressAsync("Enter");
        await Expect(guest.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("field=name&value=user1"));
        await Expect(guest.Page.GetByText("10 in total")).ToBeVisibleAsync();

        var download = await guest.Page.RunAndWaitForDownloadAsync(() => guest.Button("Export CSV").ClickAsync());
        var csv = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(11, csv.TrimEnd().Split("\r\n").Length);
        Assert.Contains(",'=even,", csv, StringComparison.Ordinal);

        await guest.Page.GetByLabel($"Select {tenant.Organization}/user10", new() { Exact = true }).CheckAsync();
        await guest.Page.GetByLabel($"Select {tenant.Organization}/user11", new() { Exact = true }).CheckAsync();
        await guest.Button("Forbid").ClickAsync();
        var asked = guest.Page.GetByRole(AriaRole.Dialog);
        await Expect(asked.GetByRole(AriaRole.Listitem)).ToHaveTextAsync([$"{tenant.Organization}/user10", $"{tenant.Organization}/user11"]);
        Assert.False((bool)(await administrator.GetAsync($"/api/get-user?id={tenant.Organization}/user10"))["data"]!["isForbidden"]!);
        await asked.GetByRole(AriaRole.Button, new() { Name = "Forbid" }).ClickAsync();
        await Expect(guest.Page.GetByText("2 selected")).ToHaveCountAsync(0);
        foreach (var (name, isForbidden) in new[] { ("user10", true), ("user11", true), ("user12", false) })
        {
            Assert.Equal(isForbidden, (bool)(await administrator.GetAsync($"/api/get-user?id={tenant.Organization}/{name}"))["data"]!["isForbidden"]!);
        }

        await guest.GoAsync("/coupons");
        await Expect(guest.Page.GetByText("There is no coupon yet.")).ToBeVisibleAsync();
        guest.Visitor.AssertContent();
    }

    [Theory]
    [InlineData("applications/admin/{application}", "Theme", "themeData")]
    [InlineData("users/{organization}/boss?tab=form", "Properties", "properties")]
    [InlineData("webhooks/{organization}/hook", "Headers", "headers")]
    public async Task Half_typed_JSON_is_refused_at_the_save_and_keeps_what_else_was_typed(string address, string label, string property)
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewTenantAsync();
        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-webhook", new JsonObject
        {
            ["owner"] = tenant.Organization, ["name"] = "hook", ["organization"] = tenant.Organization, ["url"] = "https://hooks.example/", ["events"] = new JsonArray("signup"),
        }));
        var path = address.Replace("{application}", tenant.Application, StringComparison.Ordinal).Replace("{organization}", tenant.Organization, StringComparison.Ordinal);
        await using var guest = await ConsoleGuest.NewAsync(server, browser, tenant.Organization, "boss", isAdmin: true, "/" + path);
        var name = property == "headers" ? guest.Field("Method") : guest.Field("Display name");
        if (property != "headers")
        {
            await name.FillAsync("kept");
        }

        var json = property == "headers" ? """[{"name":"X-Shop","value":"tea"}]""" : """{"colorPrimary":"#123456"}""";
        var editor = guest.Page.GetByRole(AriaRole.Textbox, new() { Name = label, Exact = true });
        await editor.FillAsync(json[..^5]);
        await guest.Button("Save").ClickAsync();
        await Expect(guest.Page.GetByText("This is not valid JSON")).ToBeVisibleAsync();
        if (property != "headers")
        {
            await Expect(name).ToHaveValueAsync("kept");
        }

        await editor.FillAsync(json);
        await guest.Button("Save").ClickAsync();
        await Expect(guest.Page.Locator(".save-bar")).ToHaveCountAsync(0);
        var parts = path.Split('?')[0].Split('/', 2);
        var saved = (await administrator.GetAsync($"/api/get-{parts[0].TrimEnd('s')}?id={parts[1]}"))["data"]!;
        Assert.Contains(property == "headers" ? "X-Shop" : "#123456", saved[property]!.ToJsonString(), StringComparison.Ordinal);
        guest.Visitor.AssertContent();
    }

    [Fact]
    public async Task A_kind_without_a_page_of_its_own_is_made_by_the_form_of_its_schema()
    {
        await using var server = await Neighbourhood.StartServerAsync();
        var tenant = await server.NewTenantAsync();
        await using var guest = await ConsoleGuest.NewAsync(server, browser, tenant.Organization, "boss", isAdmin: true, "/coupons/new");

        await guest.Field("Name").FillAsync("autumn");
        await guest.Field("quantity").FillAsync("5");
        await guest.Field("products").FillAsync("[\"tea\"]");
        await guest.Button("Create").ClickAsync();

        await Expect(guest.Page).ToHaveURLAsync(ConsoleGuest.At(server, $"/coupons/{tenant.Organization}/autumn"));
        using var administrator = await Administrator.OfAsync(server);
        var coupon = (await administrator.GetAsync($"/api/get-coupon?id={tenant.Organization}/autumn"))["data"]!;
        Assert.Equal((5, "tea"), ((int)coupon["quantity"]!, coupon["products"]![0]!.ToString()));
        guest.Visitor.AssertContent();
    }
}
