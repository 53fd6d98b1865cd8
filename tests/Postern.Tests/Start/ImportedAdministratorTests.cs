using System.Text.Json;
using Konscious.Security.Cryptography;
using Postern.Directory.Credentials;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

/// <summary>An administrator of initDataFile must not lock everybody out, nor let everybody in.</summary>
public sealed class ImportedAdministratorTests
{
    public static TheoryData<string, object> Unusable => new()
    {
        { "without a password", new { owner = "built-in", name = "admin", isAdmin = true } },
        { "masked", new { owner = "built-in", name = "admin", isAdmin = true, password = "***", passwordType = "bcrypt" } },
        { "of an unknown type", new { owner = "built-in", name = "admin", isAdmin = true, password = "abc", passwordType = "scrypt" } },
        { "malformed", new { owner = "built-in", name = "admin", isAdmin = true, password = "abc", passwordType = "bcrypt" } },
        { "malformed numbers", new { owner = "built-in", name = "admin", isAdmin = true, password = "$argon2id$v=19$m=99999999999,t=1,p=1$AAAA$AAAA", passwordType = "argon2id" } },
        { "no administrator", new { owner = "built-in", name = "admin", password = "correct horse" } },
        { "forbidden", new { owner = "built-in", name = "admin", isAdmin = true, isForbidden = true, password = "correct horse" } },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task One_who_could_not_sign_in_is_given_a_password_which_the_start_tells(string how, object admin)
    {
        foreach (var driver in Enum.GetValues<DatabaseDriver>())
        {
            await using var installed = (await Installed.NewAsync(driver)).WithInitData(File(admin));

            var first = await installed.StartAsync();

            Assert.True(first.Report.MadeAdministrator is not null, how);
            var id = Assert.Single(await installed.ReadAsync("select id from users where owner = 'built-in' and name = 'admin' and is_admin and not is_forbidden and password_type = 'postern'"));
            var hash = Assert.Single(await installed.ReadAsync("select password from users where name = 'admin'"));
            Assert.True(PasswordHashes.Verify(first.Secrets.Read(SecretColumn.UserPassword, id, hash), first.Report.MadeAdministrator.Text), how);
            Assert.Contains(first.Log, l => l.Contains("built-in/admin", StringComparison.Ordinal) && l.Contains("has been given a new password", StringComparison.Ordinal));
            Assert.Null((await installed.StartAsync()).Report.MadeAdministrator);
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task One_who_can_sign_in_keeps_his_password(DatabaseDriver driver)
    {
        foreach (var (type, password) in new[] { ("", "correct horse"), ("plain", "correct horse"), ("bcrypt", Hashes.Bcrypt), ("argon2id", Hashes.Argon), ("salt", Hashes.Salted), ("pbkdf2-django", Hashes.Django) })
        {
            await using var installed = (await Installed.NewAsync(driver)).WithInitData(File(new { owner = "built-in", name = "admin", isAdmin = true, password, passwordType = type, passwordSalt = "pepper" }));

            var first = await installed.StartAsync();

            Assert.True(first.Report.MadeAdministrator is null, type);
            Assert.Single(await installed.ReadAsync("select id from users where owner = 'built-in'"));
            Assert.DoesNotContain(first.Log, l => l.Contains("no sign-in can verify", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Where_another_administrator_can_sign_in_nothing_is_changed(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(
            """{"users": [{"owner": "built-in", "name": "admin", "isAdmin": true}, {"owner": "built-in", "name": "boss", "isAdmin": true, "password": "correct horse"}]}""");

        var first = await installed.StartAsync();

        Assert.Null(first.Report.MadeAdministrator);
        Assert.Equal(["admin"], await installed.ReadAsync("select name from users where password = ''"));
    }

    [Theory]
    [InlineData("plain", "123")]
    [InlineData("salt", Hashes.Published)]
    [InlineData("md5-salt", Hashes.PublishedMd5)]
    [InlineData("sha512-salt", Hashes.PublishedSha512)]
    [InlineData("pbkdf2-salt", Hashes.PublishedPbkdf2)]
    [InlineData("bcrypt", Hashes.PublishedBcrypt)]
    public async Task The_published_password_is_refused_in_every_form(string type, string password)
    {
        var organization = new { owner = "admin", name = "built-in", passwordSalt = "c2FsdA==" };
        await using var installed = (await Installed.NewAsync(DatabaseDriver.Sqlite)).WithInitData(
            JsonSerializer.Serialize(new { organizations = new[] { organization }, users = new[] { new { owner = "built-in", name = "admin", isAdmin = true, password, passwordType = type } } }));

        var refusal = await installed.RefusalAsync();

        Assert.Contains("everybody knows the password 123", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(password, refusal.Message.Replace("the password 123", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(await installed.TablesAsync());
    }

    [Fact]
    public async Task The_published_password_is_refused_under_Argon2_too()
    {
        var salt = "salt-of-sixteen."u8.ToArray();
        using var argon = new Argon2id("123"u8.ToArray()) { Salt = salt, MemorySize = 1024, Iterations = 1, DegreeOfParallelism = 1 };
        var password = $"$argon2id$v=19$m=1024,t=1,p=1${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(argon.GetBytes(32)).TrimEnd('=')}";
        await using var installed = (await Installed.NewAsync(DatabaseDriver.Sqlite)).WithInitData(File(new { owner = "built-in", name = "admin", password, passwordType = "argon2id" }));

        Assert.Contains("everybody knows the password 123", (await installed.RefusalAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Users_whose_password_nothing_can_verify_are_named_in_one_bounded_line(DatabaseDriver driver)
    {
        var users = Enumerable.Range(1, 25).Select(i => new { owner = "tea", name = $"u{i:00}", password = "canary-hash", passwordType = "scrypt" });
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(JsonSerializer.Serialize(new { organizations = new[] { new { name = "tea" } }, users }));

        var first = await installed.StartAsync();

        var line = Assert.Single(first.Log, l => l.Contains("no sign-in can verify", StringComparison.Ordinal));
        Assert.Contains("tea/u01, tea/u02", line, StringComparison.Ordinal);
        Assert.Contains("tea/u20 and 5 more", line, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", line, StringComparison.Ordinal);
    }

    private static string File(object user) => JsonSerializer.Serialize(new { users = new[] { user } });

    /// <summary>Of "correct horse" and, the published ones, of "123", by other programs than ours; the one of Argon2 is of nothing.</summary>
    private static class Hashes
    {
        public const string Bcrypt = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";
        public const string Argon = "$argon2id$v=19$m=65536,t=1,p=4$c2FsdHNhbHRzYWx0c2FsdA$xcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcU";
        public const string Salted = "6b38ebef42236649cf7c066055f1d1a8e013366e81f4d7d388c58c95761dfcc4";
        public const string Django = "pbkdf2_sha256$1000$seasalt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=";
        public const string Published = "ba96c64456cab5adbb1512a67957e77a529f81edf6fad97b47889663634b858a";
        public const string PublishedMd5 = "f17dc9a2c784387793fbc18a562d99a5";
        public const string PublishedSha512 = "d015d93a0f87c3ec058cab82ffbaad7133241f339335ca70021ff4fddc4e9019ca9ee17ed03f9d367d8f8e14c7f6c84c1920bc0b753e0267adcda195ed8ab3fa";
        public const string PublishedPbkdf2 = "Lt3/+TWjUaA2wUBQpslkjQ8ASoPMDr3tSYmBzeyfooSiBjdY7j0SK+fPG2/qAgXREH/LI81ij7UeA9JXaZwX0w==";
        public const string PublishedBcrypt = "$2b$05$abcdefghijklmnopqrstuuPfwh4JilpEutRfQPY3owKMR4d0nQiRC";
    }
}
