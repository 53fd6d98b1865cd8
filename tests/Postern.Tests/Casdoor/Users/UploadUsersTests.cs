using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.UserRoutes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary><c>upload-users</c>: a file of users, all of them or none.</summary>
public sealed class UploadUsersTests(Servers servers)
{
    private const string Denied = "Unauthorized operation";
    private const string Unreadable = "the file cannot be read: it must be an XLSX workbook or CSV in UTF-8";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_users_of_a_CSV_file_sign_in(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        var boss = await tenant.NewAdministratorAsync();
        await boss.WriteAsync("/api/add-group", new() { ["owner"] = tenant.Organization, ["name"] = "team" });
        var group = tenant.Organization + "/team";

        var answer = await UploadAsync(boss,
            $"""
            name,displayName,Password,email,phone,is_forbidden,score,groups,properties,,tag
            ann,"Lee, Ann",canary-Password-1,ann@example.com,+86 139-1234-5678,,7,{group},"{"{\"\"a\"\":\"\"b\"\"}"}",,=1+1

            bob,李波,canary-Password-2,,,true,,,,,
            """.Replace("\n", "\r\n", StringComparison.Ordinal), bom: true);

        Assert.Equal("Affected", answer);
        var (ann, bob) = ((await tenant.UserAsync("ann"))!, (await tenant.UserAsync("bob"))!);
        Assert.Equal(("Lee, Ann", "ann@example.com", "13912345678", "=1+1"), (Text(ann, "displayName"), Text(ann, "email"), Text(ann, "phone"), Text(ann, "tag")));
        Assert.Equal((7, $"[\"{group}\"]", "b", $"{tenant.Organization}/boss"), (ann["score"]!.GetValue<int>(), ann["groups"]!.ToJsonString(), Text(ann["properties"]!, "a"), Text(ann, "registerSource")));
        Assert.Equal(("李波", true), (Text(bob, "displayName"), bob["isForbidden"]!.GetValue<bool>()));
        Assert.NotNull((await tenant.PasswordTokensAsync("ann", "canary-Password-1"))["access_token"]);
        Assert.Equal("invalid_grant", (await tenant.PasswordTokensAsync("bob", "canary-Password-2"))["error"]);
        Assert.Equal(3, (await boss.DataAsync("/api/get-user-count"))!.GetValue<int>());
        Assert.Equal((1L, "2 users"), (await server.ScalarAsync<long>("select count(*) from records where action = 'upload-users'"), await server.ScalarAsync<string>("select detail from records where action = 'upload-users'")));
        Assert.Contains($"{tenant.Organization}/bob", await server.ScalarAsync<string>("select new_values from records where action = 'upload-users'"), StringComparison.Ordinal);
        Assert.DoesNotContain("canary-", await server.DumpAsync() + string.Join('\n', server.Log.Lines), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_users_of_a_workbook_are_those_of_its_first_sheet_and_formulas_are_not_computed(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        const string rows =
            """
            <row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>display_name</t></is></c><c r="C1" t="inlineStr"><is><t>phone</t></is></c><c r="D1" t="inlineStr"><is><t>isAdmin</t></is></c></row>
            <row r="2"><c r="A2" t="inlineStr"><is><t>wei</t></is></c><c r="B2" t="str"><f>CONCATENATE("W","ei")</f><v>kept</v></c><c r="C2"><v>13912345678</v></c><c r="D2" t="b"><v>1</v></c></row>
            <row r="4"><c r="A4" t="inlineStr"><is><t>mei</t></is></c></row>
            """;

        Assert.Equal("Affected", await UploadAsync(RowCaller.Of(tenant), Workbook(rows)));

        var wei = (await tenant.UserAsync("wei"))!;
        Assert.Equal(("kept", "13912345678", true, ""), (Text(wei, "displayName"), Text(wei, "phone"), wei["isAdmin"]!.GetValue<bool>(), Text(wei, "registerSource")));
        Assert.NotNull(await tenant.UserAsync("mei"));
        Assert.Equal("row 4: Username already exists", await UploadAsync(RowCaller.Of(tenant), Workbook(rows.Replace("wei", "wang", StringComparison.Ordinal).Replace("13912345678", "13912345679", StringComparison.Ordinal))));
        Assert.Null(await tenant.UserAsync("wang"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Files_of_groups_roles_and_permissions_are_added_whole_or_not_at_all(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        var (caller, organization) = (RowCaller.Of(tenant), tenant.Organization);

        Assert.Equal("Affected", await UploadAsync(caller, "name,displayName,parentId,type\ndesk,Desk,team,Virtual\nteam,Team,,Virtual", route: "upload-groups"));
        Assert.Equal("Affected", await UploadAsync(caller, $"name,groups,isEnabled\nbaker,\"{organization}/team,{organization}/desk\",true", route: "upload-roles"));
        Assert.Equal("Affected", await UploadAsync(caller, $"name,roles,actions,resources,effect\nbake,{organization}/baker,\"Read,Write\",oven,Allow", route: "upload-permissions"));
        Assert.Equal("row 3: The role: baker already exists", await UploadAsync(caller, "name\nmiller\nbaker", route: "upload-roles"));
        Assert.Equal("row 2: elsewhere/x is not a member of the organization " + organization + ", written " + organization + "/name", await UploadAsync(caller, "name,users\nmiller,elsewhere/x", route: "upload-roles"));
        Assert.Equal("the header color is not a property of a group", await UploadAsync(caller, "name,color\nx,red", route: "upload-groups"));

        Assert.Equal("Team", Text((await caller.DataAsync($"/api/get-group?id={organization}/desk"))!, "parentName"));
        Assert.Equal($"[\"{organization}/team\",\"{organization}/desk\"]", (await caller.DataAsync($"/api/get-role?id={organization}/baker"))!["groups"]!.ToJsonString());
        Assert.Equal("[\"Read\",\"Write\"]", (await caller.DataAsync($"/api/get-permission?id={organization}/bake"))!["actions"]!.ToJsonString());
        Assert.Null(await caller.DataAsync($"/api/get-role?id={organization}/miller"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_file_for_two_organizations_tells_neither_what_the_other_was_given(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (first, second) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        var global = await server.GlobalAdministratorAsync();
        Assert.Equal("Affected", await UploadAsync(global, $"owner,name\n{first.Organization},ann\n{second.Organization},bob\n"));
        Assert.Equal("Affected", await UploadAsync(global, $"owner,name\n{first.Organization},cook\n{second.Organization},boss\n", route: "upload-roles"));

        foreach (var (tenant, own, foreign) in new[] { (first, new[] { "ann", "cook" }, second), (second, ["bob", "boss"], first) })
        {
            var records = (await RowCaller.Of(tenant).DataAsync("/api/get-records"))!.AsArray().Where(r => Text(r!, "action").StartsWith("upload-", StringComparison.Ordinal)).ToList();
            Assert.Equal(["upload-roles", "upload-users"], records.Select(r => Text(r!, "action")).Order());
            Assert.All(own, name => Assert.Contains(records, r => r!.ToJsonString().Contains($"{tenant.Organization}/{name}", StringComparison.Ordinal)));
            Assert.All(records, r => Assert.DoesNotContain(foreign.Organization, r!.ToJsonString(), StringComparison.Ordinal));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task One_row_that_add_user_would_refuse_refuses_all_and_is_named(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("old", ("email", "old@example.com"), ("phone", "13900000000"));
        var application = RowCaller.Of(tenant);
        foreach (var (row, sentence) in new[]
        {
            ("old,,,,", "Username already exists"), ("good,,,,", "Username already exists"), ("x,old@example.com,,,", "Email already exists"), ("x,good@example.com,,,", "Email already exists"),
            ("x,,13900000000,,", "Phone already exists"), ("x,no mail,,,", "Email is invalid: it must be one address like name@example.com"), ("x,,12,,", "Phone number is invalid"),
            ("x--y,,,,", "The username may only contain alphanumeric characters, underlines or hyphens, cannot have consecutive hyphens or underlines, and cannot begin or end with a hyphen or underline."),
            (",,,1,", "name must not be empty"), ("x,,,many,", "json: cannot unmarshal string into Go struct field User.score of type int"),
            ($"x,,,,{tenant.Organization}/none", $"The group: {tenant.Organization}/none doesn't exist"), ("x,,,,other/none", $"The group: other/none is not one of the organization {tenant.Organization}, written {tenant.Organization}/name"),
        })
        {
            var added = await application.WriteAsync("/api/add-user", new() { ["owner"] = tenant.Organization, ["name"] = "unlike" });
            Assert.Equal("Affected", added);
            Assert.Equal("Affected", await application.WriteAsync("/api/delete-user", new() { ["owner"] = tenant.Organization, ["name"] = "unlike" }));
            Assert.Equal($"row 3: {sentence}", await UploadAsync(application, $"name,email,phone,score,groups\ngood,good@example.com,,,\n{row}\nlast,,,,\n"));
        }

        foreach (var (file, sentence) in new[]
        {
            ("name,nothing\na,b\n", "the header nothing is not a property of a user"), ("name,Name\na,b\n", "the header Name stands there twice"), ("name\na,b\n", "row 2: a cell has no header above it"),
            ("name\n", "the file has no rows below its headers"), ("name,tag\n,\n", "the file has no rows below its headers"),
            ($"owner,name\n{tenant.Organization},a\nno-such-organization,b\n", Denied), ("name\n" + string.Concat(Enumerable.Range(0, 10_001).Select(i => $"u{i}\n")), "the file has more than 10000 rows: send it in parts"),
            (string.Join(',', Enumerable.Range(0, 301).Select(i => "h" + i)) + "\nx\n", "the file has more than 300 columns"),
            ("name,password\n" + string.Concat(Enumerable.Range(0, 201).Select(i => $"u{i},p{i}\n")), "the file has more than 200 passwords in clear text: send it in parts, or without passwords"),
        })
        {
            Assert.Equal(sentence, await UploadAsync(application, file));
        }

        Assert.Equal(["old"], Members.Names(await application.DataAsync("/api/get-users")));
        Assert.DoesNotContain("upload-users", await tenant.DoneAsync());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_file_that_is_broken_or_becomes_too_large_is_refused(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        var application = RowCaller.Of(tenant);

        Assert.Equal(Unreadable, await UploadAsync(application, Encoding.Latin1.GetBytes("name\nJos\u00e9\n")));
        Assert.Equal(Unreadable, await UploadAsync(application, "PK and no archive"));
        Assert.Equal(Unreadable, await UploadAsync(application, Archive(("nothing.txt", "x"))));
        Assert.Equal(Unreadable, await UploadAsync(application, Workbook("""<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row><row""")));
        Assert.Equal(Unreadable, await UploadAsync(application, Workbook("&e;", """<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY e "&a;&a;&a;&a;&a;&a;&a;&a;">]>""")));
        Assert.Equal("the workbook is larger than 20 MB when it is unpacked", await UploadAsync(application, Workbook(new string(' ', (20 * 1024 * 1024) + 1))));
        // One text, which takes little of the file, in many cells.
        var strings = string.Concat(Enumerable.Range(1, 6_000).Select(r => $"<row r=\"{r}\"><c r=\"A{r}\" t=\"inlineStr\"><is><t>{new string('x', 4_000)}</t></is></c></row>"));
        Assert.Equal("the workbook is larger than 20 MB when it is unpacked", await UploadAsync(application, Workbook(strings)));
        Assert.Equal("row 2, column 1: a cell has at most 4 KB", await UploadAsync(application, Workbook(
            $"""<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>{new string('x', 4_097)}</t></is></c></row>""")));
        Assert.Equal("row 3, column 2: a cell has at most 4 KB", await UploadAsync(application, $"name,bio\na,b\nc,{new string('y', 4_097)}\n"));
        Assert.Equal("the file is larger than 10 MB", await UploadAsync(application, new byte[(10 * 1024 * 1024) + 1]));
        Assert.Equal("the file has no rows below its headers", await UploadAsync(application, ""));
        Assert.Equal("the body must be multipart/form-data with a part named file", await application.WriteAsync("/api/upload-users", []));
        // A sheet may say that its last row is the millionth.
        Assert.Equal("the file has more than 10000 rows: send it in parts", await UploadAsync(application, Workbook(
            """<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row><row r="1048576"><c r="A1048576" t="inlineStr"><is><t>far</t></is></c></row>""")));
        Assert.Equal("row 2: U+0000 is not allowed in name", await UploadAsync(application, "name\na\0b\n"));
        Assert.Empty((await application.DataAsync("/api/get-users"))!.AsArray());
    }

    [Fact]
    public void A_workbook_says_little_and_takes_little_memory()
    {
        foreach (var (book, sentence) in new[]
        {
            (Workbook("""<row r="1"><c r="ZZZZZZ1" t="inlineStr"><is><t>name</t></is></c></row>"""), "the file has more than 300 columns"),
            (Workbook($"""<row r="1">{string.Concat(Enumerable.Repeat("<c/>", 1_000_000))}</row>"""), "the file has more than 300 columns"),
            (Workbook(string.Concat(Enumerable.Repeat("<row/>", 2_500_001))), "the workbook is larger than 20 MB when it is unpacked"),
            (Archive(("xl/workbook.bin", "x")), "the workbook is of a binary form: save it as XLSX"),
            (Archive(("xl/_rels/workbook.xml.rels", """<Relationships><Relationship Id="rId1" Target="s.bin"/></Relationships>""")), "the workbook has parts that are no XML, such as macros: save it as XLSX"),
        })
        {
            var file = new MemoryStream();
            file.Write(book);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(sentence, Sheet.Read(file).Refusal.English);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 * 1024 * 1024);
        }

        // A chain of calculations is cells without rows, and no sheet.
        var chained = new MemoryStream();
        chained.Write(Archive(("xl/calcChain.xml", $"<calcChain>{string.Concat(Enumerable.Repeat("<c r=\"A1\" i=\"1\"/>", 1_000))}</calcChain>")));
        Assert.Equal(Unreadable, Sheet.Read(chained).Refusal.English);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Nobody_adds_users_to_what_he_does_not_administer(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        await tenant.AddUserAsync("ann");
        var boss = await tenant.NewAdministratorAsync();
        foreach (var owner in new[] { other.Organization, "built-in" })
        {
            Assert.Equal(Denied, await UploadAsync(boss, $"owner,name\n{tenant.Organization},x1\n{owner},x2\n"));
            Assert.Equal(Denied, await UploadAsync(boss, "name\nx3\n", "?owner=" + owner));
        }

        Assert.Equal(Denied, await UploadAsync(await tenant.CallerAsync("ann"), "name\nx4\n"));
        Assert.Equal("Please login first", await UploadAsync(new RowCaller(server, null), "name\nx5\n"));
        Assert.Equal("Affected", await UploadAsync(await server.GlobalAdministratorAsync(), $"owner,name\n{tenant.Organization},x6\n{other.Organization},x7\n"));
        Assert.Equal(["ann", "boss", "x6"], Members.Names(await boss.DataAsync("/api/get-users")).Order());
        Assert.Equal(["x7"], Members.Names(await RowCaller.Of(other).DataAsync("/api/get-users")));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Ten_thousand_users_are_added_at_once(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewOrganizationAsync();

        Assert.Equal("Affected", await UploadAsync(RowCaller.Of(tenant), "name,email,isDeleted\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"u{i},u{i}@example.com,{i == 0}\n"))));

        Assert.Equal(10_000, (await RowCaller.Of(tenant).DataAsync("/api/get-user-count"))!.GetValue<int>());
        Assert.NotEqual("", Text((await tenant.UserAsync("u0"))!, "deletedTime"));
        Assert.Equal("", Text((await tenant.UserAsync("u9999"))!, "deletedTime"));
    }

    private static string Text(JsonNode user, string property) => user[property]!.GetValue<string>();

    private static Task<string> UploadAsync(RowCaller caller, string csv, string query = "", bool bom = false, string route = "upload-users") =>
        UploadAsync(caller, [.. bom ? Encoding.UTF8.GetPreamble() : [], .. Encoding.UTF8.GetBytes(csv)], query, route);

    private static async Task<string> UploadAsync(RowCaller caller, byte[] file, string query = "", string route = "upload-users")
    {
        using var content = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "users.xlsx" } };
        return RowCaller.Outcome(await caller.PostAsync($"/api/{route}{query}", content));
    }

    private static byte[] Workbook(string rows, string doctype = "") => Archive(
        ("[Content_Types].xml",
            """
            <?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>
            """),
        ("_rels/.rels",
            """
            <?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>
            """),
        ("xl/workbook.xml",
            """
            <?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="users" sheetId="1" r:id="rId1"/></sheets></workbook>
            """),
        ("xl/_rels/workbook.xml.rels",
            """
            <?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>
            """),
        ("xl/worksheets/sheet1.xml",
            $"""<?xml version="1.0" encoding="UTF-8"?>{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"""));

    private static byte[] Archive(params (string Name, string Text)[] entries)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        return file.ToArray();
    }
}
