using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;
using Postern.Directory.Credentials;
using Postern.Directory.Credentials.Formats;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

/// <summary>Passwords that another server hashed: good once as they are, and then as we hash them.</summary>
public sealed class LegacyHashTests(Servers servers)
{
    private const string Password = "correct horse";
    private const string Salt = "c2FsdCBvZiB0aGUgdXNlcg==";

    private static readonly string[] AllKinds = ["bcrypt", "argon2id", "pbkdf2-salt", "pbkdf2-django", "sha512-salt", "salt", "md5-salt", "plain"];

    public static TheoryData<DatabaseDriver, string> Kinds =>
        new(from driver in Enum.GetValues<DatabaseDriver>() from kind in AllKinds select (driver, kind));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_first_right_password_replaces_the_hash(DatabaseDriver driver, string type)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var hash = HashOf(type, Password, Salt);
        var id = await ImportAsync(tenant, "alice", type, hash, Salt);

        Assert.False(await OpensAsync(tenant, "alice", "Correct horse"));
        if (type != "plain")
        {
            Assert.False(await OpensAsync(tenant, "alice", hash));
        }

        Assert.Equal((type, hash), await StoredAsync(server, id));

        Assert.True(await OpensAsync(tenant, "alice", Password));

        var (newType, newHash) = await StoredAsync(server, id);
        Assert.Equal(PasswordHashes.Type, newType);
        Assert.NotEqual(hash, newHash);
        Assert.DoesNotContain(Password, newHash, StringComparison.Ordinal);
        Assert.True(PasswordHashes.Verify(newHash, Password));
        Assert.True(await OpensAsync(tenant, "alice", Password));
        Assert.False(await OpensAsync(tenant, "alice", "Correct horse"));
        if (type != "plain")
        {
            Assert.False(await OpensAsync(tenant, "alice", hash));
        }
    }

    [Theory]
    [InlineData("pbkdf2-salt")]
    [InlineData("sha512-salt")]
    [InlineData("salt")]
    [InlineData("md5-salt")]
    public async Task The_salt_may_be_the_organizations_or_the_users_own(string type)
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync();
        const string organizations = "c2FsdCBvZiBhbGw=";
        await SetSaltAsync(tenant, organizations);
        await ImportAsync(tenant, "by-organization", type, HashOf(type, Password, organizations), "");
        await ImportAsync(tenant, "by-own", type, HashOf(type, Password, Salt), Salt);
        await ImportAsync(tenant, "by-neither", type, HashOf(type, Password, "bmVpdGhlcg=="), Salt);

        Assert.True(await OpensAsync(tenant, "by-organization", Password));
        Assert.True(await OpensAsync(tenant, "by-own", Password));
        Assert.False(await OpensAsync(tenant, "by-neither", Password));
    }

    [Fact]
    public async Task A_salt_of_the_organization_that_is_no_base64_does_not_shut_out_who_has_his_own()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync();
        await SetSaltAsync(tenant, "not base64!");
        await ImportAsync(tenant, "alice", "pbkdf2-salt", HashOf("pbkdf2-salt", Password, Salt), Salt);

        Assert.True(await OpensAsync(tenant, "alice", Password));
    }

    /// <summary>Made by other programs than ours: of bcrypt and Argon2 the reference implementations' own, the rest by Python's hashlib.</summary>
    [Theory]
    [InlineData("bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "", "U*U")]
    [InlineData("argon2id", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "", "password")]
    [InlineData("md5-salt", "5f4dcc3b5aa765d61d8327deb882cf99", "", "password")]
    [InlineData("salt", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8", "", "password")]
    [InlineData("sha512-salt", "b109f3bbbc244eb82441917ed06d618b9008dd09b3befd1b5e07394c706a8bb980b1d7785e5976ec049b46df5f1326af5a2ea6d103fd07c95385ffab0cacbc86", "", "password")]
    [InlineData("pbkdf2-salt", "p6XETX9kSIy9ZwWTiGafUdPW9KUJsfJSWQD9lWRuomav7bGCMfY03kxznJu2emdUprJ3DVemHMlpE5c0+dmsAA==", "c2FsdA==", "password")]
    [InlineData("pbkdf2-django", "pbkdf2_sha256$1000$salt$YywoEuRtRgQQK6dhjp1tfS+BKPYma0oDJk0qBGC33LM=", "", "password")]
    [InlineData("plain", "password", "", "password")]
    public void A_known_hash_of_each_kind_verifies(string type, string hash, string salt, string password)
    {
        Assert.True(Opens(type, hash, ["other", salt], password));
        Assert.False(Opens(type, hash, ["other", salt], password + "x"));
        Assert.False(Opens(type, hash, ["other", salt], ""));
    }

    [Theory]
    [InlineData("bcrypt", "")]
    [InlineData("bcrypt", "$2a$10$")]
    [InlineData("bcrypt", "$2a$10$short")]
    [InlineData("bcrypt", "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("bcrypt", "$2a$xx$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("bcrypt", "nonsense")]
    [InlineData("argon2id", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$")]
    [InlineData("argon2id", "$argon2id$v=19$m=256,t=2,p=1$$")]
    [InlineData("argon2id", "$argon2id$v=19$m=256,t=2$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("argon2id", "$argon2id$v=19$m=99999999999,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("argon2id", "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("argon2id", "$argon2id$v=19$m=256,t=1000000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("argon2id", "$argon2id$v=19$nonsense$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("pbkdf2-django", "pbkdf2_sha256$1000000000$salt$AAAA")]
    [InlineData("pbkdf2-django", "pbkdf2_sha256$0$salt$")]
    [InlineData("pbkdf2-django", "pbkdf2_sha256$x$salt$AAAA")]
    [InlineData("pbkdf2-salt", "")]
    [InlineData("salt", "")]
    [InlineData("plain", "")]
    [InlineData("unheard-of", "password")]
    public void What_is_no_hash_of_its_kind_or_too_dear_opens_nothing(string type, string hash)
    {
        Assert.False(Opens(type, hash, [""], "password"));
        Assert.False(Opens(type, hash, [""], ""));
    }

    private static bool Opens(string type, string hash, string[] salts, string password) => PasswordFormats.Read(type, hash)?.IsOf(password, salts) ?? false;

    private static string HashOf(string type, string password, string salt) => type switch
    {
        "bcrypt" => BCrypt.Net.BCrypt.HashPassword(password, 5),
        "argon2id" => Argon(password),
        "pbkdf2-salt" => Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(salt), 27_500, HashAlgorithmName.SHA256, 64)),
        "pbkdf2-django" => "pbkdf2_sha256$1000$pepper$" + Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(password, Encoding.ASCII.GetBytes("pepper"), 1000, HashAlgorithmName.SHA256, 32)),
        "sha512-salt" => Hex(SHA512.HashData(Encoding.UTF8.GetBytes(Hex(SHA512.HashData(Encoding.UTF8.GetBytes(password))) + salt))),
        "salt" => Hex(SHA256.HashData(Encoding.UTF8.GetBytes(Hex(SHA256.HashData(Encoding.UTF8.GetBytes(password))) + salt))),
#pragma warning disable CA5351 // What another server did.
        "md5-salt" => Hex(MD5.HashData(Encoding.UTF8.GetBytes(Hex(MD5.HashData(Encoding.UTF8.GetBytes(password))) + salt))),
#pragma warning restore CA5351
        _ => password,
    };

    private static string Argon(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        using var argon = new Argon2id(Encoding.UTF8.GetBytes(password)) { Salt = salt, MemorySize = 1024, Iterations = 1, DegreeOfParallelism = 2 };
        return $"$argon2id$v=19$m=1024,t=1,p=2${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(argon.GetBytes(32)).TrimEnd('=')}";
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static async Task<string> ImportAsync(Tenant tenant, string name, string type, string hash, string salt)
    {
        var id = await tenant.AddUserAsync(name);
        var secrets = tenant.Server.Secrets;
        var (password, passwordSalt) = (secrets.Protect(SecretColumn.UserPassword, id, hash), salt.Length == 0 ? "" : secrets.Protect(SecretColumn.UserPasswordSalt, id, salt));
        await tenant.Server.ExecuteAsync("update users set password = @password, password_type = @type, password_salt = @passwordSalt where id = @id", new { id, type, password, passwordSalt });
        return id;
    }

    private static Task<int> SetSaltAsync(Tenant tenant, string salt)
    {
        // The organizations of tenants have their name as their id.
        var bag = tenant.Server.Secrets.Protect(SecretColumn.OrganizationSecrets, tenant.Organization, $$"""{"passwordSalt":"{{salt}}"}""");
        return tenant.Server.ExecuteAsync("update organizations set secrets = @bag where name = @Organization", new { bag, tenant.Organization });
    }

    private static async Task<(string? Type, string Hash)> StoredAsync(TestServer server, string id) => (
        await server.ScalarAsync<string>("select password_type from users where id = @id", new { id }),
        server.Secrets.Read(SecretColumn.UserPassword, id, (await server.ScalarAsync<string>("select password from users where id = @id", new { id }))!));

    private static async Task<bool> OpensAsync(Tenant tenant, string name, string password)
    {
        using var visitor = new Visitor(tenant.Server);
        await visitor.LoginAsync(tenant, name, password);
        return visitor.Cookies.ContainsKey("postern_session");
    }
}
