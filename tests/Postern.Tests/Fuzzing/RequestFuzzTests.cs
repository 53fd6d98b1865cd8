using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.OpenApi;
using Postern.Tests.Rfc9449;
using Xunit;

namespace Postern.Tests.Fuzzing;

/// <summary>Every route that the document names, with requests that are nearly right. None is answered with a failure, and none is logged as one.</summary>
public sealed class RequestFuzzTests
{
    private const string Boundary = "----postern";
    private const int LongestAnswer = 2 * 1024 * 1024;

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_request_ends_in_a_failure_of_the_server(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var world = await World.OfAsync(server);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = server.Http.BaseAddress };
        server.Log.Lines.Clear();
        await Fuzz.EachAsync(world.Requests(), 400, async sent =>
        {
            using var request = sent.Message();
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var failures = server.Log.Lines.Where(l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Critical", StringComparison.Ordinal)).ToList();
            server.Log.Lines.Clear();
            Assert.True((int)response.StatusCode < 500 && failures.Count == 0, $"{(int)response.StatusCode} {text}\n{string.Join('\n', failures)}");
            Assert.True(world.Documents(sent.Method, sent.Path, response) is true, $"{(int)response.StatusCode} of {sent.Method} {sent.Path} is {response.Content.Headers.ContentType}, which the document does not say");
            Assert.True(text.Length < LongestAnswer, $"an answer of {text.Length} characters");
        }, sent => sent.Show(), share: 1);
    }

    /// <summary>One request. A body is bytes, whatever its type says.</summary>
    private sealed record Sent(string Method, string Path, string Address, string Type, byte[] Body, string Authorization, string Cookie, string Proof)
    {
        public HttpRequestMessage Message()
        {
            var request = new HttpRequestMessage(HttpMethod.Parse(Method), new Uri(Address, UriKind.Relative));
            if (Method is not "GET")
            {
                request.Content = new ByteArrayContent(Body);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", OneLine(Type));
            }

            foreach (var (name, value) in new[] { ("Authorization", Authorization), ("Cookie", Cookie), ("DPoP", Proof) })
            {
                if (value.Length > 0)
                {
                    request.Headers.TryAddWithoutValidation(name, OneLine(value));
                }
            }

            return request;
        }

        public string Show() => $"{Method} {Address}\nContent-Type: {Type}\nAuthorization: {Authorization}\nCookie: {Cookie}\nDPoP: {Proof}\n{Encoding.UTF8.GetString(Body)}";

        private static string OneLine(string value) => string.Concat(value.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
    }

    /// <summary>What there is to name, and who calls.</summary>
    private sealed class World(ServedDocument document, string[] names, string[] authorizations, Gen<string> proofs)
    {
        private static readonly string[] Usual = ["owner", "name", "id", "organization", "displayName", "createdTime", "email", "phone", "password", "type", "users", "groups", "roles", "isEnabled"];

        private readonly Gen<string> value = Gen.Frequency((3, Gen.OneOf(names)), (1, Inputs.Near(names).Select(Encoded)), (2, Inputs.Whole));

        public static async Task<World> OfAsync(TestServer server)
        {
            var (caller, tenant) = (await server.NewTenantAsync(), await server.NewWebTenantAsync("password client_credentials authorization_code refresh_token"));
            // The caller's own application is not among the names: a request would change what the next ones call with.
            await server.ExecuteAsync("update applications set organization = @Organization where name = @Application", new { tenant.Organization, caller.Application });
            var (ann, boss) = (await tenant.AddUserAsync("ann", ("email", "ann@example.com"), ("phone", "13900000001")), await tenant.AddUserAsync("boss", ("isAdmin", true)));
            var token = await tenant.TokenAsync(("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", "boss"), ("password", PasswordUsers.Password), ("scope", "openid profile offline_access"));
            using var administrator = await Administrator.OfAsync(server);
            foreach (var kind in new[] { "role", "permission", "group", "product", "plan", "webhook", "model", "adapter", "enforcer", "ticket", "order" })
            {
                await administrator.PostAsync("/api/add-" + kind, new JsonObject { ["owner"] = tenant.Organization, ["name"] = "one", ["organization"] = tenant.Organization }.ToJsonString());
            }

            var org = tenant.Organization;
            string[] names =
            [
                org, "ann", "one", $"{org}/ann", $"{org}/boss", $"{org}/one", "admin/" + org, "admin/" + tenant.Application, tenant.Application, tenant.ClientId, ann, boss, "admin", "built-in", "built-in/admin", "*",
                "ann@example.com", "13900000001", PasswordUsers.Password, Visitor.RedirectUri, "code", "openid profile email", "openid", "authorization_code", "password", "client_credentials", "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:token-type:access_token", "wechat_miniprogram",
                tenant.Code("fuzz"), tenant.ClientSecret, token["access_token"] ?? "", token["id_token"] ?? "", token["refresh_token"] ?? "", "S256", "E9Melhoa2OwvFrEMTJGuCHaoeK1t8URWbuGJSstw-cM", "10", "1", "name", "createdTime", "ascend", "24h", "true", "csv", "login", "one.png", "avatar",
            ];
            var key = ClientKey.NewEc();
            string[] authorizations =
            [
                "", Api.Basic(caller.ClientId, caller.ClientSecret), Api.Basic(caller.ClientId, caller.ClientSecret), Api.Basic(tenant.ClientId, tenant.ClientSecret), "Bearer " + token["access_token"], "DPoP " + token["access_token"], "Bearer " + token["id_token"],
            ];
            return new(await ServedDocument.OfAsync(server), [.. names.Where(n => n.Length > 0)], authorizations, Proofs(server, key));
        }

        /// <summary>Proofs of a key for the token endpoint: anybody can sign any claims.</summary>
        private static Gen<string> Proofs(TestServer server, ClientKey key)
        {
            var (header, claims) = (Rfc9449.Proof.Header(key).ToJsonString(), Rfc9449.Proof.Claims(server, "POST", Rfc9449.Proof.TokenPath).ToJsonString());
            var good = Rfc9449.Proof.Of(server, key);
            return Gen.OneOf(
                Gen.Const(good), Inputs.Near(good), Inputs.Jwt(header, claims),
                Inputs.NearObject(claims).Select(text => key.Sign(header, text)));
        }

        /// <summary>Whether the document says that the route answers with this type and status.</summary>
        public bool Documents(string method, string path, HttpResponseMessage response) =>
            document.Says(method, path, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType);

        public Gen<Sent> Requests()
        {
            var operations = document.Operations.Where(o => o.Path is not ("/openapi/v1.json")).Select(Request).ToArray();
            return Gen.OneOf(operations);
        }

        private Gen<Sent> Request((string Method, string Path, JsonNode Operation) of)
        {
            var (method, path, operation) = of;
            var parameters = ServedDocument.QueryOf(operation).ToArray();
            var properties = document.BodyOf(operation).ToArray();
            var query = Pairs(parameters.Length == 0 ? ["id", "owner"] : parameters);
            var address = Gen.Select(Filled(path), query, Gen.Int[0, 9], (p, q, raw) => p + "?" + (raw == 0 ? Encoded(q) : q));
            var jwt = Inputs.Jwt("""{"alg":"RS256","kid":"cert-built-in","typ":"JWT"}""", """{"iss":"http://postern.test","sub":"a","aud":["a"],"exp":9999999999,"iat":1,"nbf":1,"jti":"admin/a","tokenType":"access-token","cnf":{"jkt":"a"}}""");
            var authorization = Gen.Frequency((6, Gen.OneOf(authorizations)), (1, Inputs.Near(authorizations)), (1, Gen.Select(Gen.OneOf("Bearer ", "DPoP "), jwt, (scheme, token) => scheme + token)));
            var cookie = Gen.Frequency((5, Gen.Const("")), (1, Inputs.Near("postern_session=abc; postern_form=x; a=\"b\"")));
            return Gen.Select(address, Bodies(properties.Length == 0 ? Usual : [.. properties, "owner", "name"]), authorization, cookie, Gen.Frequency((4, Gen.Const("")), (1, proofs)), (a, body, who, cookies, p) => new Sent(method, path, a, body.Type, body.Bytes, who, cookies, p));
        }

        private Gen<(string Type, byte[] Bytes)> Bodies(string[] properties)
        {
            var property = Gen.Frequency((4, Gen.OneOf(properties)), (2, Gen.OneOf(Usual)), (1, Inputs.Whole));
            var json = Gen.Select(property, Gen.Frequency((3, value.Select(v => JsonSerializer.Serialize(v))), (2, Inputs.Json)), (name, v) => $"{JsonSerializer.Serialize(name)}:{v}").Array[0, 8]
                .Select(p => $"{{{string.Join(',', p.DistinctBy(one => one.Split(':')[0]))}}}");
            var good = "{\"owner\":\"admin\",\"name\":\"one\",\"users\":[\"a/b\"],\"isEnabled\":true,\"providers\":[{\"name\":\"p\",\"canSignIn\":true}]}";
            var form = Pairs(properties);
            var part = Gen.Select(property, value, Gen.Bool, (name, v, isFile) => $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{(isFile ? "; filename=\"" + v + "\"" : "")}\r\n\r\n{v}\r\n");
            var multipart = part.Array[0, 5].Select(p => string.Concat(p) + $"--{Boundary}--\r\n");
            var near = Inputs.Near($"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\nname,email\nnew,new@example.com\n\r\n--{Boundary}--\r\n");
            return Gen.Frequency(
                (6, json.Select(b => ("application/json", b))), (1, json.Select(b => ("text/plain", b))), (1, Inputs.Near(good).Select(b => ("application/json", b))), (1, Inputs.Json.Select(b => ("application/json", b))),
                (5, form.Select(b => ("application/x-www-form-urlencoded", b))), (1, Inputs.Near("grant_type=password&username=a&password=b%20c&scope=").Select(b => ("application/x-www-form-urlencoded", b))),
                (2, multipart.Select(b => ("multipart/form-data; boundary=" + Boundary, b))), (1, near.Select(b => ("multipart/form-data; boundary=" + Boundary, b))),
                (1, Gen.Select(Inputs.Near("multipart/form-data; boundary=x; charset=utf-8", "application/x-www-form-urlencoded; charset=utf-7", "application/json"), Gen.OneOf(json, form))))
                .Select(b => (b.Item1, Encoding.UTF8.GetBytes(b.Item2)));
        }

        private Gen<string> Pairs(string[] properties) =>
            Gen.Select(Gen.OneOf(properties), value, (name, v) => $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(v)}").Array[0, 6].Select(p => string.Join('&', p));

        /// <summary>A path with something in the place of each of its parameters.</summary>
        private Gen<string> Filled(string path)
        {
            var filled = Gen.Const(path);
            foreach (var name in path.Split('/').Where(s => s.StartsWith('{')))
            {
                filled = Gen.Select(filled, value, (p, v) => p.Replace(name, Uri.EscapeDataString(v.Length is 0 or > 200 ? "x" : v), StringComparison.Ordinal));
            }

            return filled;
        }

        private static string Encoded(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }
}
