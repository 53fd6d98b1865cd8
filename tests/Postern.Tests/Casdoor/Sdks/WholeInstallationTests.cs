using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>The calls of the Go library's own tests, kind by kind, by an application that was given the whole installation.</summary>
public sealed class WholeInstallationTests(Servers servers)
{
    private const string Model = "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = r.sub == p.sub && r.obj == p.obj && r.act == p.act";

    /// <param name="Name">As in its routes.</param>
    /// <param name="Owner">What the library writes as owner; ORG is its organization.</param>
    /// <param name="List">The route and query of the list.</param>
    /// <param name="More">The properties beside owner, name, time and display name.</param>
    private sealed record Walked(string Name, string Owner, string List, string More)
    {
        /// <summary>The property that is changed.</summary>
        public string Changed { get; init; } = "displayName";

        /// <summary>The owner in the address of an add and a delete, where that is not the object's.</summary>
        public string? AddressOwner { get; init; }
    }

    private static readonly Walked[] Kinds =
    [
        new("adapter", "ORG", "get-adapters?owner=ORG", """{"host": "", "user": "a", "table": "t", "useSameDb": false, "port": 0}""") { Changed = "user" },
        new("application", "admin", "get-applications?owner=admin", """{"organization": "ORG", "logo": "https://cdn.casbin.org/img/casdoor-logo_1185x256.png", "homepageUrl": "https://casdoor.org", "description": "d", "redirectUris": null}""") { Changed = "description" },
        new("cert", "admin", "get-certs?owner=ORG", """{"scope": "JWT", "type": "x509", "cryptoAlgorithm": "RS256", "bitSize": 2048, "expireInYears": 20, "certificate": "", "privateKey": ""}"""),
        new("enforcer", "ORG", "get-enforcers?owner=ORG", """{"description": "d", "model": "built-in/user-model-built-in", "adapter": "built-in/user-adapter-built-in", "isEnabled": true}""") { Changed = "description" },
        new("enforcer", "admin", "get-enforcers?owner=admin", """{"description": "d", "model": "built-in/user-model-built-in", "adapter": "built-in/user-adapter-built-in", "isEnabled": true}"""),
        new("group", "ORG", "get-groups?owner=ORG", """{"parentId": "", "isTopGroup": false, "users": null, "children": null}""") { AddressOwner = "" },
        new("invitation", "ORG", "get-invitations?owner=ORG", """{"code": "c", "isRegexp": false, "quota": 1, "usedCount": 0, "application": "app", "state": "Active"}""") { AddressOwner = "" },
        new("model", "ORG", "get-models?owner=ORG", """{"description": "", "modelText": "MODEL"}"""),
        new("model", "built-in", "get-models?owner=built-in", """{"description": "", "modelText": "MODEL"}"""),
        new("order", "ORG", "get-orders?owner=ORG", """{"products": null, "user": "", "state": "Created", "price": 0}"""),
        new("organization", "admin", "get-organizations?owner=admin", """{"websiteUrl": "https://example.com", "passwordType": "plain", "passwordOptions": ["AtLeast6"], "countryCodes": ["US"], "tags": [], "languages": ["en"], "initScore": 2000}"""),
        new("payment", "ORG", "get-payments?owner=ORG", """{"products": null, "price": 1, "state": "Created", "user": ""}"""),
        new("permission", "ORG", "get-permissions?owner=ORG", """{"description": "d", "users": ["ORG/*"], "groups": [], "roles": [], "domains": [], "model": "user-model-built-in", "adapter": "", "resourceType": "Application", "resources": ["app-casbin"], "actions": ["Read", "Write"], "effect": "Allow", "isEnabled": true, "submitter": "admin", "approver": "", "state": "Approved"}""") { Changed = "description" },
        new("permission", "built-in", "get-permissions?owner=built-in", """{"users": ["ORG/*"], "groups": [], "roles": [], "domains": [], "model": "built-in/user-model-built-in", "resourceType": "Application", "resources": ["app-built-in"], "actions": ["Read"], "effect": "Allow", "isEnabled": false, "state": "Pending"}"""),
        new("plan", "ORG", "get-plans?owner=ORG", """{"description": "d", "price": 0, "currency": "", "isEnabled": false, "role": "", "product": ""}"""),
        new("pricing", "ORG", "get-pricings?owner=ORG", """{"description": "d", "plans": null, "isEnabled": false, "trialDuration": 0, "application": "app"}"""),
        new("product", "ORG", "get-products?owner=ORG", """{"image": "https://cdn.casbin.org/img/casdoor-logo_1185x256.png", "description": "d", "tag": "auto_created_product_for_plan", "quantity": 999, "sold": 0, "state": "Published", "providers": null}"""),
        new("provider", "admin", "get-providers?owner=admin", """{"category": "Captcha", "type": "Default", "port": 0, "clientId": "", "clientSecret": ""}"""),
        new("provider", "ORG", "get-providers?owner=ORG", """{"category": "Captcha", "type": "Default", "port": 0, "clientId": "", "clientSecret": ""}"""),
        new("role", "ORG", "get-roles?owner=ORG", """{"description": "d", "users": null, "roles": [], "domains": null, "isEnabled": false}""") { AddressOwner = "" },
        new("subscription", "ORG", "get-subscriptions?owner=ORG", """{"description": "d", "user": "", "plan": "", "state": "Pending", "period": ""}"""),
        new("syncer", "admin", "get-syncers?owner=admin", """{"organization": "ORG", "host": "localhost", "port": 3306, "user": "root", "password": "123", "databaseType": "mysql", "database": "syncer_db", "table": "user-table", "syncInterval": 1, "tableColumns": null}""") { Changed = "user" },
        new("token", "admin", "get-tokens?owner=admin&organization=ORG", """{"application": "app", "organization": "ORG", "user": "", "code": "abcdefg-NAME", "accessToken": "123456", "expiresIn": 7200, "scope": "read", "tokenType": "Bearer"}""") { Changed = "scope" },
        new("transaction", "ORG", "get-transactions?owner=ORG", """{"category": "Recharge", "user": "", "amount": 1, "currency": "USD", "state": "Paid", "tag": "t"}""") { Changed = "tag" },
        new("user", "ORG", "get-users?owner=ORG", """{"id": "", "type": "", "password": "", "email": "", "groups": [], "roles": null, "permissions": null, "properties": null, "isAdmin": false}"""),
        new("webhook", "ORG", "get-webhooks?owner=ORG", """{"organization": "ORG", "url": "https://example.com/hook", "method": "", "contentType": "", "headers": null, "events": null, "isEnabled": false}""") { Changed = "url" },
    ];

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_kind_is_added_listed_read_changed_and_deleted(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync("api_access = 'installation'");
        var caller = RowCaller.Of(tenant);
        var failures = new List<string>();
        foreach (var (kind, number) in Kinds.Select((k, i) => (k, i)))
        {
            var name = $"{kind.Name}_{number}-{tenant.Organization}";
            var owner = Filled(kind.Owner);
            var document = new JsonObject { ["owner"] = owner, ["name"] = name, ["createdTime"] = "2026-11-28T23:42:10+08:00", ["displayName"] = name };
            foreach (var (property, value) in JsonNode.Parse(Filled(kind.More).Replace("NAME", name, StringComparison.Ordinal))!.AsObject())
            {
                document[property] = value?.DeepClone();
            }

            var address = $"{kind.AddressOwner ?? owner}/{name}";
            var added = await caller.WriteAsync($"/api/add-{kind.Name}?id={address}", document);
            if (kind.Name == "transaction")
            {
                // The server names it, and the answer is that name.
                (name, added) = (added, added.Contains(' ', StringComparison.Ordinal) ? added : "Affected");
                document["name"] = name;
            }

            Expect("add", "Affected", added);
            var listed = await caller.DataAsync("/api/" + Filled(kind.List)) as JsonArray ?? [];
            Expect("list", "1", $"{listed.Count(o => o!["name"]!.ToString() == name && o["owner"]!.ToString() == owner)}");
            if (await ReadAsync() is not JsonObject read)
            {
                failures.Add($"{kind.Name} of {kind.Owner}: not read");
                continue;
            }

            read[kind.Changed] = "https://example.com/changed";
            Expect("update", kind.Name == "model" ? "" : "Affected", await caller.WriteAsync($"/api/update-{kind.Name}?id={owner}/{name}", (JsonObject)read.DeepClone()));
            Expect("changed", "https://example.com/changed", (await ReadAsync())?[kind.Changed]?.ToString());
            Expect("delete", "Affected", await caller.WriteAsync($"/api/delete-{kind.Name}?id={address}", document));
            Expect("gone", null, (await ReadAsync())?.ToJsonString());

            void Expect(string step, string? expected, string? actual)
            {
                if (expected != actual)
                {
                    failures.Add($"{kind.Name} of {kind.Owner}, {step}: {actual}");
                }
            }

            async Task<JsonNode?> ReadAsync() => await caller.DataAsync($"/api/get-{kind.Name}?id={owner}/{name}");
        }

        Assert.Empty(failures);

        string Filled(string text) => text.Replace("ORG", tenant.Organization, StringComparison.Ordinal).Replace("MODEL", Model.Replace("\n", "\\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_session_has_the_time_that_its_client_wrote(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var (caller, org) = (RowCaller.Of(tenant), tenant.Organization);
        Assert.Equal("Affected", await caller.WriteAsync($"/api/add-session?id={org}/s", Session("2026-11-28T23:42:10+08:00", [])));
        foreach (var time in new[] { "2026-11-28T23:42:11+08:00", "2026-11-28T23:42:10.123456789", "11/28/2025 23:42:10" })
        {
            Assert.Equal("Affected", await caller.WriteAsync($"/api/update-session?id={org}/s", Session(time, ["one"])));
            var read = (await caller.DataAsync($"/api/get-session?sessionPkId={org}/s/app"))!;
            Assert.Equal((time, """["one"]"""), (read["createdTime"]!.ToString(), read["sessionId"]!.ToJsonString()));
        }

        Assert.Equal("Affected", await caller.WriteAsync($"/api/update-session?id={org}/s", Session("", ["one"])));
        Assert.Equal("11/28/2025 23:42:10", (await caller.DataAsync($"/api/get-sessions?owner={org}"))![0]!["createdTime"]!.ToString());

        JsonObject Session(string time, string[] ids) =>
            new() { ["owner"] = org, ["name"] = "s", ["application"] = "app", ["createdTime"] = time, ["sessionId"] = new JsonArray([.. ids.Select(i => (JsonNode)i)]) };
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_cert_that_is_sent_back_without_its_key_keeps_it(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var (caller, org, name) = (RowCaller.Of(tenant), tenant.Organization, "cert-" + tenant.Organization);
        Assert.Equal("Affected", await caller.WriteAsync("/api/add-cert", new() { ["owner"] = org, ["name"] = name, ["bitSize"] = 2048 }));
        var made = (await caller.DataAsync($"/api/get-cert?id={org}/{name}"))!["certificate"]!.ToString();
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", made, StringComparison.Ordinal);

        Assert.Equal("Affected", await caller.WriteAsync(
            $"/api/update-cert?id={org}/{name}",
            new() { ["owner"] = org, ["name"] = name, ["displayName"] = "Ours", ["certificate"] = "", ["privateKey"] = "", ["type"] = "", ["cryptoAlgorithm"] = "" }));

        var read = (await caller.DataAsync($"/api/get-cert?id={org}/{name}"))!;
        Assert.Equal(("Ours", made, "x509", "RS256"), (read["displayName"]!.ToString(), read["certificate"]!.ToString(), read["type"]!.ToString(), read["cryptoAlgorithm"]!.ToString()));
        Assert.Contains("of a cert that has a key cannot be changed", await caller.WriteAsync($"/api/update-cert?id={org}/{name}", new() { ["certificate"] = "x" }), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_file_is_found_by_the_name_that_its_upload_answered(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync("api_access = 'installation'");
        var (caller, org) = (RowCaller.Of(tenant), tenant.Organization);
        using var form = new MultipartFormDataContent();
        using var part = new ByteArrayContent(Encoding.UTF8.GetBytes("package main"));
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(part, "file", "file");

        var answer = await server.SendAsync(
            HttpMethod.Post, $"/api/upload-resource?owner={org}&user=admin&application={tenant.Application}&tag=t&parent=p&fullFilePath=casdoor/resource.go", form, caller.Authorization);

        var name = answer["data2"]!;
        Assert.Equal("/casdoor/resource.go", name);
        foreach (var id in new[] { $"{org}/{name}", $"{org}{name}", Uri.EscapeDataString($"{org}/{name}"), $"{org}/{name}&owner={org}" })
        {
            Assert.Equal("t", (await caller.DataAsync($"/api/get-resource?id={id}"))?["tag"]?.ToString());
        }

        Assert.Equal("Affected", await caller.WriteAsync($"/api/delete-resource?id={org}/{name}", new() { ["owner"] = org, ["name"] = name }));
        Assert.Null(await caller.DataAsync($"/api/get-resource?id={org}/{name}"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Users_are_counted_and_nobody_is_impersonated(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync("api_access = 'installation', grant_types = '[\"password\"]'");
        var (caller, org) = (RowCaller.Of(tenant), tenant.Organization);
        await tenant.AddUserAsync("alice");
        foreach (var (isOnline, count) in new[] { ("", 1), ("0", 1), ("1", 0), ("true", 0), ("false", 1) })
        {
            Assert.Equal(count, (await caller.DataAsync($"/api/get-user-count?owner={org}&isOnline={isOnline}"))!.GetValue<int>());
        }

        // A master password would open every account of the organization.
        await caller.WriteAsync($"/api/update-organization?id=admin/{org}", new() { ["masterPassword"] = "a-Master-password-1" });
        Assert.Equal("invalid_grant", await tenant.RefusalAsync(
            ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", "alice"), ("password", "a-Master-password-1")));
        Assert.Contains("signs no administrator in as another user", await caller.WriteAsync("/api/impersonate-user", new() { ["owner"] = org, ["name"] = "alice" }), StringComparison.Ordinal);
    }
}
