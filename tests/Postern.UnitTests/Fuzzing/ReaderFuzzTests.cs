using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.Casbin;
using Postern.CasdoorApi.UserRoutes;
using Postern.Directory.Objects;
using Postern.Import.Casdoor;
using Postern.Import.InitData;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fuzzing;
using Xunit;

namespace Postern.UnitTests.Fuzzing;

/// <summary>Readers of what others write: each answers with a value or with the refusal that it declares, and throws nothing else.</summary>
public sealed class ReaderFuzzTests : IDisposable
{
    private static readonly string[] Models =
    [
        "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act, eft\n[role_definition]\ng = _, _\n[policy_effect]\ne = some(where (p.eft == allow)) && !some(where (p.eft == deny))\n[matchers]\nm = g(r.sub, p.sub) && keyMatch2(r.obj, p.obj) && regexMatch(r.act, p.act)",
        "[request_definition]\nr = sub, dom, obj, act\n[policy_definition]\np = priority, sub, dom, obj, act, eft\n[role_definition]\ng = _, _, _\ng2 = _, _\n[policy_effect]\ne = priority(p.eft) || deny\n[matchers]\nm = g(r.sub, p.sub, r.dom) && r.dom == p.dom && (r.obj in ('a', \"b\") || globMatch(r.obj, p.obj)) && !(r.act != p.act)",
        "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub_rule, obj, act\n[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = eval(p.sub_rule) && ipMatch(r.obj, p.obj) || r.sub.Age + 1 * 2 - -3 / 4 >= 18 && keyGet(r.act, p.act) == ''",
        "[request_definition]\nr = sub, obj\n[policy_definition]\np = sub, obj\n[role_definition]\ng = _, _\n[policy_effect]\ne = subjectPriority(p.eft) || deny\n[matchers]\nm = g(r.sub, p.sub) && keyMatch4(r.obj, p.obj) # comment \\\n",
    ];

    private static readonly string[] Words = ["p", "g", "g2", "", "alice", "admin", "/a/:id/*", "/a/{id}/{id}", "^(a|b)*c$", "[a-z]+\\d", "(?P<n>x)", "**/x", "{a,b}[!c]", "10.0.0.0/8", "::ffff:1.2.3.4/120", "allow", "deny", "1", "-5", "r.sub.Age > 18 && r.sub.Name == 'a'"];

    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Casbin_judges_or_refuses_any_model_policy_and_request()
    {
        var word = Gen.Frequency((3, Gen.OneOf(Words)), (1, Inputs.Near(Words)), (1, Inputs.Token));
        var inputs = Gen.Select(Gen.Frequency((1, Gen.OneOf(Models)), (2, Inputs.Near(Models))), word.Array[0, 8].Array[0, 8], Gen.OneOf(Inputs.Json, word.Select(w => System.Text.Json.JsonSerializer.Serialize(w))).Array[0, 5]);
        Fuzz.Each(inputs, 3000, input =>
        {
            var (text, rows, sent) = input;
            if (CasbinModel.Parse(text).IsRefused(out var refusal, out var model) || Enforcer.Create(model, rows).IsRefused(out refusal, out var enforcer))
            {
                Fuzz.IsSentence(refusal);
                return;
            }

            var values = sent.Select(Parsed).ToList();
            while (values.Count < model.RequestFields.Count)
            {
                values.Add("alice");
            }

            var verdict = enforcer.Enforce((IReadOnlyList<JsonNode?>)[.. values.Take(model.RequestFields.Count)]);
            Assert.True(verdict.Refusal is null || !verdict.IsAllowed);
            Fuzz.IsSentence(verdict.Refusal);
        });

        static JsonNode? Parsed(string json)
        {
            try
            {
                return JsonNode.Parse(json);
            }
            catch (System.Text.Json.JsonException)
            {
                return "alice";
            }
        }
    }

    [Fact]
    public void A_matcher_is_read_and_evaluated_or_refused()
    {
        string[] good = ["r.sub == p.sub && r.obj == p.obj || !(r.sub in (p.sub, 'b', 3))", "keyMatch(r.obj, p.obj) && ipMatch(r.sub, '10.0.0.0/8')", "r.sub + 1.5 * 2 - 3 / r.obj < -4 && 'x' + r.sub >= \"y\"", "regexMatch(r.sub, '^(a|b)+$') && globMatch(r.obj, '/**/{x,y}')"];
        Fuzz.Each(Gen.Select(Inputs.Near(good), Inputs.Token, Inputs.Token), 3000, input =>
        {
            var (matcher, one, other) = input;
            var text = $"[request_definition]\nr = sub, obj\n[policy_definition]\np = sub, obj\n[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = {matcher}";
            if (CasbinModel.Parse(text).IsRefused(out var refusal, out var model) || Enforcer.Create(model, [["p", one, other], ["p", other, one]]).IsRefused(out refusal, out var enforcer))
            {
                Fuzz.IsSentence(refusal);
                return;
            }

            Fuzz.IsSentence(enforcer.Enforce(one, other).Refusal);
        });
    }

    [Fact]
    public void A_sheet_is_read_or_refused()
    {
        var csv = "name,displayName,email\nann,\"Ann, \"\"A\"\"\",ann@example.com\nbob,,\n"u8.ToArray();
        const string sheet = "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>name</t></is></c><c r=\"B1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\"><v>1.5</v></c><c r=\"B2\" t=\"b\"><v>1</v></c></row></sheetData></worksheet>";
        var book = Workbook(sheet);
        Fuzz.Each(
            Gen.Frequency((3, Inputs.Near([csv])), (2, Inputs.Near([book])), (3, Inputs.Near(sheet).Select(Workbook))), 400,
            bytes =>
            {
                var stream = new MemoryStream();
                stream.Write(bytes);
                var read = Sheet.Read(stream);
                Assert.True(read.Value is null ? read.Refusal.English.Length is > 0 and < 200 : read.Value.Rows.Count is > 0 and <= 10_000);
            }, share: 10);
    }

    [Fact]
    public void Basic_credentials_are_read_or_are_none()
    {
        string[] good = ["client:secret", "a%20b:c+d", ":", "a:b:c", "%C3%A9:%E5%B0%8F"];
        Fuzz.Each(Gen.OneOf(Inputs.Near(good).Select(t => Convert.ToBase64String(Encoding.UTF8.GetBytes(t))), Inputs.Near("Y2xpZW50OnNlY3JldA=="), Inputs.Token), 5000, value =>
        {
            if (BasicCredentials.TryHeader("Basic " + value, out var read) && read is not null)
            {
                Assert.True(read.ClientId.Length <= value.Length && read.Secret.Length <= value.Length && !read.ClientId.Contains('\0', StringComparison.Ordinal));
            }
        });
    }

    [Fact]
    public void A_database_address_is_understood_or_refused()
    {
        string[] good =
        [
            "user=postgres password='p w' host=localhost port=5432 sslmode=disable dbname=casdoor", "host=/var/run/postgresql user=a\\'b connect_timeout=10", "postgres://user:p%40ss@localhost:5432/casdoor?sslmode=verify-full&sslrootcert=/a.pem",
            "postgresql://[::1]:5432,b:6432/db?target_session_attrs=read-write", "file:casdoor.db?cache=shared&mode=rwc", "data/postern.db", "root:123456@tcp(localhost:3306)/",
        ];
        Fuzz.Each(Gen.Select(Gen.OneOf("postgres", "sqlite", "mysql", "", "Postgres"), Inputs.Near(good), Gen.OneOf(Gen.Const(""), Inputs.Token)), 4000, input => Settles(
            new Dictionary<string, string> { ["driverName"] = input.Item1, ["dataSourceName"] = input.Item2, ["dbName"] = input.Item3 }));
    }

    [Fact]
    public void A_configuration_file_is_understood_or_refused()
    {
        const string conf = "appname = casdoor\nhttpport = 8000\nrunmode = dev\ndriverName = sqlite\ndataSourceName = file:casdoor.db?cache=shared\norigin = \"https://id.example\"\noriginFrontend =\ntrustedProxies = 10.0.0.0/8, ::1\n; comment\n[dev]\nhttpport = ${PORT||9000}\nresourceMegabytes = 10\ninitDataFile = ./init_data.json\nshowSql = true\n";
        Fuzz.Each(Inputs.Near(conf), 1500, text =>
        {
            File.WriteAllBytes(file, Encoding.UTF8.GetBytes(text));
            Settles([], file);
        }, share: 4);
    }

    [Fact]
    public async Task A_file_of_objects_is_read_or_refused()
    {
        const string data = """{"organizations":[{"owner":"admin","name":"shop","passwordOptions":["AtLeast6"]}],"applications":[{"owner":"admin","name":"app","organization":"shop","providers":[{"name":"p"}]}],"users":[{"owner":"shop","name":"ann","id":"1","password":"x"}],"providers":[],"enforcerPolicies":{"shop/e":[["p","a","b","c"]]}}""";
        await Fuzz.EachAsync(Gen.Frequency((4, Inputs.Near(data)), (1, Inputs.Json)), 600, async text =>
        {
            await File.WriteAllBytesAsync(file, Encoding.UTF8.GetBytes(text));
            try
            {
                Assert.True(InitDataFile.Read(file).Entries.Count < 1000);
            }
            catch (StartRefusedException e)
            {
                Fuzz.IsSentence(e.Message, 1000);
            }

            try
            {
                await using var export = CasdoorFile.Open(file);
            }
            catch (StartRefusedException e)
            {
                Fuzz.IsSentence(e.Message, 1000);
            }
        }, share: 10);
    }

    private static void Settles(Dictionary<string, string> environment, string? conf = null)
    {
        var read = PosternOptionsReader.Read(conf, environment, isDevelopment: false, isDebugBuild: false, Path.GetTempPath());
        Assert.True(read.Options is null != read.Refusal is null);
        Fuzz.IsSentence(read.Refusal, 2000);
    }

    private static byte[] Workbook(string sheet)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in new[]
            {
                ("[Content_Types].xml", "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"),
                ("xl/workbook.xml", "<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"),
                ("xl/_rels/workbook.xml.rels", "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"),
                ("xl/sharedStrings.xml", "<?xml version=\"1.0\"?><sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>email</t></si></sst>"),
                ("xl/worksheets/sheet1.xml", sheet),
            })
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }
}
