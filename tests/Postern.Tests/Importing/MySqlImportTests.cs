using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Postern.Directory.Objects;
using Postern.Import.Casdoor;
using Postern.Import.Objects;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Importing;

/// <summary>A Casdoor on MySQL moves here: the import makes the installation, and its clients and users notice nothing.</summary>
public sealed class MySqlImportTests(ImportedDump imported) : IClassFixture<ImportedDump>
{
    private static readonly string[] PasswordTypes = ["argon2id", "bcrypt", "md5-salt", "pbkdf2-django", "pbkdf2-salt", "plain", "salt", "sha512-salt"];

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Users_sign_in_with_the_password_that_they_had(DatabaseDriver driver)
    {
        foreach (var type in PasswordTypes.Except(["pbkdf2-salt"]))
        {
            var id = await imported.Dump.TextAsync($"select id from user where owner = 'org-{type}'");
            Assert.Equal(id, Claims(await TokenAsync(imported[driver], type)).GetProperty("sub").GetString());
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_password_that_Casdoor_verifies_with_a_part_of_its_salt_is_not_taken_and_named(DatabaseDriver driver)
    {
        // Its salt is pepper, which is no base64.
        Assert.Contains("the part before the fault (1):\n  org-pbkdf2-salt/pw\n", imported.ReportOf(driver), StringComparison.Ordinal);
        Assert.Equal("", await imported[driver].ScalarAsync<string>("select password from users where owner = 'org-pbkdf2-salt'"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => TokenAsync(imported[driver], "pbkdf2-salt"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_client_that_was_configured_for_Casdoor_verifies_our_tokens(DatabaseDriver driver)
    {
        // What an SDK is configured with: the certificate, a client id and its secret.
        var certificate = await imported.Dump.TextAsync("select certificate from cert where name = 'cert-built-in'");
        var (clientId, clientSecret) = (await imported.Dump.TextAsync("select client_id from application where name = 'app-built-in'"), await imported.Dump.TextAsync("select client_secret from application where name = 'app-built-in'"));

        var token = await TokenAsync(imported[driver], "salt");

        Assert.True(IsSignedBy(certificate, token));
        Assert.Equal("cert-built-in", JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.Split('.')[0])).RootElement.GetProperty("kid").GetString());
        using var administrator = await Administrator.OfAsync(imported[driver]);
        Assert.Equal("pw", (await administrator.GetAsync("/api/get-user?id=org-salt/pw"))["data"]!["name"]!.GetValue<string>());
        var application = (await administrator.GetAsync("/api/get-application?id=admin/app-built-in"))["data"]!;
        Assert.Equal((clientId, clientSecret), (application["clientId"]!.GetValue<string>(), application["clientSecret"]!.GetValue<string>()));
        var jwks = await imported[driver].Http.GetFromJsonAsync<JsonObject>("/.well-known/jwks");
        Assert.Equal(Convert.ToBase64String(X509Certificate2.CreateFromPem(certificate).RawData), jwks!["keys"]!.AsArray().Single(k => k!["kid"]!.GetValue<string>() == "cert-built-in")!["x5c"]![0]!.GetValue<string>());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_administrator_has_Casdoors_id_and_a_password_that_is_not_published(DatabaseDriver driver)
    {
        var id = await imported.Dump.TextAsync("select id from user where owner = 'built-in' and name = 'admin'");

        Assert.Equal(id, await imported[driver].ScalarAsync<string>("select id from users where owner = 'built-in' and name = 'admin'"));
        Assert.Contains("built-in/admin: it is 123, which Casdoor's documentation publishes", imported.ReportOf(driver), StringComparison.Ordinal);
        var password = System.Text.RegularExpressions.Regex.Match(imported.ReportOf(driver), "built-in/admin, password 密码: (?<it>[a-z0-9-]+)").Groups["it"].Value;
        Assert.Equal("ok", await SignInAsync(password));
        Assert.Equal("error", await SignInAsync("123"));

        async Task<string> SignInAsync(string given)
        {
            using var response = await imported[driver].Http.PostAsJsonAsync("/api/login", new
            {
                type = "login", application = "app-built-in", organization = "built-in", username = "admin", password = given, signinMethod = "Password",
            });
            return (await response.Content.ReadFromJsonAsync<JsonObject>())!["status"]!.GetValue<string>();
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_object_is_as_MySQL_kept_it(DatabaseDriver driver)
    {
        await using var source = await CasdoorDatabase.OpenAsync(CasdoorAddress.Read(imported.Dump.Address, "."));
        var (missing, different, compared) = (new List<string>(), new List<string>(), 0);
        foreach (var kind in ImportOrder.Kinds)
        {
            Assert.Equal(await imported.Dump.TextAsync($"select count(*) from `{kind.Name}`"), $"{await source.CountAsync(kind)}");
            await foreach (var page in source.ReadAsync(kind))
            {
                foreach (var entry in page.Select(d => SourceEntry.Of(kind, d)))
                {
                    compared++;
                    if (await imported[driver].Database.ReadAsync(c => ObjectStore.FindAsync(c, kind, entry.Owner, entry.Name)) is not { } stored)
                    {
                        missing.Add(entry.Title);
                    }
                    else if (!IsOwn(entry))
                    {
                        different.AddRange(Differences(kind, entry, stored.Show()));
                    }
                }
            }
        }

        Assert.Empty(missing);
        Assert.True(different.Count == 0, string.Join('\n', different));
        Assert.Equal(80, compared);
        using var administrator = await Administrator.OfAsync(imported[driver]);
        var role = (await administrator.GetAsync("/api/get-role?id=hold/editor"))["data"]!;
        Assert.Equal("""["hold/alice"] ["hold/team"]""", $"{role["users"]!.ToJsonString()} {role["groups"]!.ToJsonString()}");
        var permission = (await administrator.GetAsync("/api/get-permission?id=hold/perm-app"))["data"]!;
        Assert.Equal("""["hold/alice"] ["hold/editor"]""", $"{permission["users"]!.ToJsonString()} {permission["roles"]!.ToJsonString()}");
        Assert.Equal("""["built-in/*"]""", (await administrator.GetAsync("/api/get-permission?id=built-in/permission-built-in"))["data"]!["users"]!.ToJsonString());
        var han = (await administrator.GetAsync("/api/get-user?id=hold/han"))["data"]!;
        Assert.Equal("""韩梅梅 杭州 ["西湖区"] 工程师 ["hold/team"]""", $"{han["displayName"]} {han["location"]} {han["address"]!.ToJsonString(KeptJson.Options)} {han["title"]} {han["groups"]!.ToJsonString()}");
        Assert.Equal((false, true), (han["isForbidden"]!.GetValue<bool>(), (await administrator.GetAsync("/api/get-user?id=hold/barred"))["data"]!["isForbidden"]!.GetValue<bool>()));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_second_import_changes_nothing(DatabaseDriver driver)
    {
        var before = await DumpAsync();

        var (_, report) = await imported.Dump.ImportAsync(imported.OptionsOf(driver), imported[driver].Clock);

        Assert.Equal(before, await DumpAsync());
        Assert.DoesNotMatch(@" [1-9]\d* taken,", report);
        Assert.DoesNotContain("--take-keys", report, StringComparison.Ordinal);

        async Task<IReadOnlyList<string>> DumpAsync() =>
            [.. (await imported[driver].DumpAsync()).Split('\n').Where(l => l.StartsWith("users ", StringComparison.Ordinal) || l.StartsWith("applications ", StringComparison.Ordinal)
                || l.StartsWith("certs ", StringComparison.Ordinal) || l.StartsWith("objects ", StringComparison.Ordinal) || l.StartsWith("organizations ", StringComparison.Ordinal)
                || l.StartsWith("settings ", StringComparison.Ordinal)).Select(WithoutSignIn).Order(StringComparer.Ordinal)];

        // Other tests sign in to the same server.
        static string WithoutSignIn(string line) => line.StartsWith("users ", StringComparison.Ordinal) ? line.Split('|')[0] : line;
    }

    /// <summary>Objects that a new installation has of its own, and which stay but for what is taken over.</summary>
    private static bool IsOwn(SourceEntry entry) => entry.Title is "organization admin/built-in" or "application admin/app-built-in" or "user built-in/admin"
        or "provider admin/provider_captcha_default" or "provider admin/provider_balance" or "provider admin/provider_payment_dummy";

    /// <summary>What is set at Casdoor, is no secret, and reads otherwise here.</summary>
    private static IEnumerable<string> Differences(ObjectKind kind, SourceEntry entry, JsonObject shown) =>
        from property in entry.Document
        where property.Value is not null && kind.SecretOf(property.Key) is null && !kind.Bagged.Contains(property.Key) && !kind.NeverStored.Contains(property.Key)
            && !property.Key.EndsWith("Time", StringComparison.Ordinal) && property.Key is not ("passwordType" or "passwordSalt" or "hash" or "preHash" or "score")
            // Members are rows of their own, which the routes put in.
            && !(property.Key is "users" or "groups" or "roles" && kind.Name is "user" or "role" or "permission")
            && property.Value.ToJsonString() is not ("\"\"" or "0" or "false" or "[]" or "null" or "{}")
            && property.Value.ToJsonString().Replace(",\"provider\":null", "", StringComparison.Ordinal) != shown[property.Key]?.ToJsonString().Replace(",\"provider\":null", "", StringComparison.Ordinal)
        select $"{entry.Title} {property.Key}: {property.Value.ToJsonString()} became {shown[property.Key]?.ToJsonString()}";

    private static async Task<string> TokenAsync(TestServer server, string type)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "password", ["client_id"] = $"id-app-{type}", ["client_secret"] = $"secret-app-{type}", ["username"] = "pw", ["password"] = $"secret-{type}",
        });
        using var response = await server.Http.PostAsync("/api/login/oauth/access_token", form);
        var answer = await response.Content.ReadFromJsonAsync<JsonObject>();
        return answer!["access_token"]?.GetValue<string>() ?? throw new InvalidOperationException($"{type}: {answer.ToJsonString()}");
    }

    internal static bool IsSignedBy(string certificate, string token)
    {
        using var rsa = X509Certificate2.CreateFromPem(certificate).GetRSAPublicKey()!;
        var end = token.LastIndexOf('.');
        return rsa.VerifyData(Encoding.ASCII.GetBytes(token[..end]), Base64UrlEncoder.DecodeBytes(token[(end + 1)..]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static JsonElement Claims(string token) => JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.Split('.')[1])).RootElement;
}
