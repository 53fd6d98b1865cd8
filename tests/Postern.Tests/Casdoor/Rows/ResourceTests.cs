using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Rows;

/// <summary>Uploaded files: whose they may be, what they may be, and how they are served.</summary>
public sealed class ResourceTests(Servers servers)
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3, 4];

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_uploaded_picture_is_served_until_its_resource_is_deleted_by_either_spelling_of_its_name(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var (organization, application) = (tenant.Organization, RowCaller.Of(tenant));

        var uploaded = await UploadAsync(application, $"owner={organization}&user=mei&application={tenant.Application}&tag=shot&fullFilePath=shots/a.png", Png);

        Assert.Equal("/shots/a.png", uploaded["data2"]!.GetValue<string>());
        var address = new Uri(uploaded["data"]!.GetValue<string>());
        Assert.StartsWith("http://postern.test/files/", address.ToString(), StringComparison.Ordinal);
        using (var served = await tenant.Server.Http.GetAsync(new Uri(address.AbsolutePath, UriKind.Relative)))
        {
            Assert.Equal(Png, await served.Content.ReadAsByteArrayAsync());
            Assert.Equal("image/png", served.Content.Headers.ContentType!.ToString());
            Assert.Null(served.Content.Headers.ContentDisposition);
            Assert.Equal("nosniff", Assert.Single(served.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("sandbox; default-src 'none'; style-src 'unsafe-inline'", Assert.Single(served.Headers.GetValues("Content-Security-Policy")));
        }

        foreach (var name in new[] { "shots/a.png", "/shots/a.png" })
        {
            var shown = (await application.DataAsync($"/api/get-resource?id={organization}/{name}"))!;
            Assert.Equal(("/shots/a.png", "mei", ".png", "image", 12), (Text(shown, "name"), Text(shown, "user"), Text(shown, "fileFormat"), Text(shown, "fileType"), shown["fileSize"]!.GetValue<int>()));
            Assert.Equal("Affected", await application.WriteAsync($"/api/update-resource?id={organization}/{name}", new() { ["owner"] = organization, ["name"] = name, ["description"] = "by " + name }));
        }

        Assert.Equal("by /shots/a.png", Text((await application.DataAsync($"/api/get-resource?id={organization}/shots/a.png"))!, "description"));
        Assert.Single((await application.DataAsync($"/api/get-resources?owner={organization}&user=mei"))!.AsArray());
        Assert.Empty((await application.DataAsync($"/api/get-resources?owner={organization}&user=lin"))!.AsArray());

        Assert.Equal("Affected", await application.WriteAsync("/api/delete-resource", new() { ["owner"] = organization, ["name"] = "shots/a.png" }));

        using var gone = await tenant.Server.Http.GetAsync(new Uri(address.AbsolutePath, UriKind.Relative));
        Assert.Equal(404, (int)gone.StatusCode);
        Assert.Null(await application.DataAsync($"/api/get-resource?id={organization}//shots/a.png"));
        Assert.Equal("Unaffected", await application.WriteAsync("/api/delete-resource", new() { ["owner"] = organization, ["name"] = "/shots/a.png" }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_type_is_taken_and_what_a_browser_could_run_is_only_saved(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var application = RowCaller.Of(tenant);
        var page = Encoding.UTF8.GetBytes("<script>alert(1)</script>");
        foreach (var (name, type, isInline) in new[]
        {
            ("a.html", "application/octet-stream", false), ("a.js", "application/octet-stream", false), ("a", "application/octet-stream", false), ("a.exe", "application/octet-stream", false),
            ("a.svg", "image/svg+xml", true), ("a.png", "image/png", true), ("a.txt", "text/plain; charset=utf-8", true), ("a.json", "text/plain; charset=utf-8", true),
            ("a.pdf", "application/pdf", true), ("a.mp4", "video/mp4", true),
        })
        {
            var uploaded = await UploadAsync(application, "fullFilePath=" + name, page);
            using var file = await tenant.Server.Http.GetAsync(new Uri(new Uri(uploaded["data"]!.GetValue<string>()).AbsolutePath, UriKind.Relative));
            Assert.Equal((name, type, isInline), (name, file.Content.Headers.ContentType!.ToString(), file.Content.Headers.ContentDisposition is null));
            Assert.Equal("nosniff", Assert.Single(file.Headers.GetValues("X-Content-Type-Options")));
            var policy = Assert.Single(file.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
            // A document that could run a script has no origin to run it in.
            Assert.True(policy.StartsWith("sandbox;", StringComparison.Ordinal) || type is "application/pdf" or "video/mp4");
        }

        var empty = await UploadAsync(application, "fullFilePath=empty.txt", []);
        Assert.Equal("", await tenant.Server.Http.GetStringAsync(new Uri(new Uri(empty["data"]!.GetValue<string>()).AbsolutePath, UriKind.Relative)));
        Assert.Equal("the body must be multipart/form-data with a part named file", await application.WriteAsync("/api/upload-resource?fullFilePath=a.txt", []));
        Assert.Equal("the file is larger than 10 MB", RowCaller.Outcome(await UploadAsync(application, "fullFilePath=a.txt", new byte[(10 * 1024 * 1024) + 1])));

        var text = await UploadAsync(application, "fullFilePath=../../../etc/a.txt", page);
        var path = new Uri(text["data"]!.GetValue<string>()).AbsolutePath;
        Assert.Matches("^/files/[0-9a-f]{32}[.]txt$", path);
        using var served = await tenant.Server.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal("text/plain; charset=utf-8", served.Content.Headers.ContentType!.ToString());
        var folder = ((PosternOptions)tenant.Server.Services.GetService(typeof(PosternOptions))!).ResourceDirectory;
        Assert.True(File.Exists(Path.Combine(folder, path[7..9], path[7..39])));
        foreach (var wrong in new[] { path.Replace(".txt", ".png", StringComparison.Ordinal), path.Replace(".txt", "", StringComparison.Ordinal), "/files/..%2F..%2Fmaster.key", "/files/" + new string('0', 32) + ".txt" })
        {
            using var missing = await tenant.Server.Http.GetAsync(new Uri(wrong, UriKind.Relative));
            Assert.Equal(404, (int)missing.StatusCode);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_uploads_for_himself_alone_and_an_avatar_becomes_his(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        var mei = RowCaller.Bearer(server, (await tenant.SignInAsync(tenant.Code("mei"), "Mei"))["access_token"]);
        var lin = RowCaller.Bearer(server, (await tenant.SignInAsync(tenant.Code("lin"), "Lin"))["access_token"]);
        var names = (await tenant.UsersAsync()).ToDictionary(u => u.DisplayName, u => u.Name);
        var organization = tenant.Organization;

        Assert.Equal("Unauthorized operation", RowCaller.Outcome(await UploadAsync(mei, $"owner={organization}&user={names["Lin"]}&tag=avatar&fullFilePath=a.png", Png)));
        Assert.Equal("Unauthorized operation", RowCaller.Outcome(await UploadAsync(mei, $"owner={other.Organization}&user={names["Mei"]}&fullFilePath=a.png", Png)));
        Assert.Equal("Unauthorized operation", RowCaller.Outcome(await UploadAsync(RowCaller.Of(other), $"owner={organization}&user={names["Mei"]}&fullFilePath=a.png", Png)));
        Assert.Equal("Unauthorized operation", RowCaller.Outcome(await UploadAsync(new RowCaller(server, null), "fullFilePath=a.png", Png)));
        // Client libraries name every upload an avatar: what is no picture is a file and changes no user.
        Assert.Equal("ok", (await UploadAsync(mei, "tag=avatar&fullFilePath=a.txt", "text"u8.ToArray()))["status"]!.GetValue<string>());
        Assert.Equal("ok", (await UploadAsync(mei, "tag=avatar&fullFilePath=a.png", "text"u8.ToArray()))["status"]!.GetValue<string>());
        Assert.Equal("", (await tenant.UsersAsync()).Single(u => u.Name == names["Mei"]).Avatar);

        var avatar = await UploadAsync(mei, $"owner={organization}&user={names["Mei"]}&tag=avatar&fullFilePath=avatar/mei.png", Png);
        Assert.Equal(avatar["data"]!.GetValue<string>(), (await tenant.UsersAsync()).Single(u => u.Name == names["Mei"]).Avatar);

        // Another user does not replace it, nor see or delete it; its own user does.
        Assert.Equal("The resource: /avatar/mei.png already exists", RowCaller.Outcome(await UploadAsync(lin, "fullFilePath=avatar/mei.png", Png)));
        Assert.Equal("Unauthorized operation", await lin.MessageAsync($"/api/get-resource?id={organization}//avatar/mei.png"));
        Assert.Equal("Unauthorized operation", await lin.WriteAsync("/api/delete-resource", new() { ["owner"] = organization, ["name"] = "/avatar/mei.png" }));
        Assert.Equal("Unauthorized operation", await lin.MessageAsync($"/api/get-resources?owner={organization}&user={names["Mei"]}"));
        Assert.Empty((await lin.DataAsync($"/api/get-resources?owner={organization}"))!.AsArray());
        Assert.Equal(3, (await mei.DataAsync($"/api/get-resources?owner={organization}"))!.AsArray().Count);

        var again = await UploadAsync(mei, "tag=avatar&fullFilePath=avatar/mei.png", Png);
        Assert.NotEqual(avatar["data"]!.GetValue<string>(), again["data"]!.GetValue<string>());
        using var replaced = await server.Http.GetAsync(new Uri(new Uri(avatar["data"]!.GetValue<string>()).AbsolutePath, UriKind.Relative));
        Assert.Equal(404, (int)replaced.StatusCode);
        Assert.Equal("Affected", await mei.WriteAsync("/api/delete-resource", new() { ["owner"] = organization, ["name"] = "/avatar/mei.png" }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_users_files_together_have_a_limit_and_what_is_refused_leaves_no_file(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, o => o with { ResourceQuotaMegabytes = 1 });
        var tenant = await server.NewTenantAsync();
        var application = RowCaller.Of(tenant);
        var half = new byte[600_000];
        await tenant.AddUserAsync("mei");
        await tenant.AddUserAsync("lin");

        Assert.Equal("ok", (await UploadAsync(application, "user=mei&fullFilePath=a.txt", half))["status"]!.GetValue<string>());
        Assert.Equal("a user may keep 1000 files and 1 MB: delete some first", RowCaller.Outcome(await UploadAsync(application, "user=mei&fullFilePath=b.txt", half)));
        Assert.Equal("ok", (await UploadAsync(application, "user=lin&fullFilePath=c.txt", half))["status"]!.GetValue<string>());
        Assert.Equal("ok", (await UploadAsync(application, "user=mei&fullFilePath=a.txt", half))["status"]!.GetValue<string>());

        var folder = ((PosternOptions)server.Services.GetService(typeof(PosternOptions))!).ResourceDirectory;
        Assert.Equal(2, System.IO.Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length);
    }

    private static async Task<JsonNode> UploadAsync(RowCaller caller, string query, byte[] bytes)
    {
        using var part = new ByteArrayContent(bytes);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var content = new MultipartFormDataContent { { part, "file", "file" } };
        return JsonNode.Parse((await caller.Server.SendAsync(HttpMethod.Post, "/api/upload-resource?" + query, content, caller.Authorization)).Text)!;
    }

    private static string Text(JsonNode document, string property) => document[property]!.GetValue<string>();
}
