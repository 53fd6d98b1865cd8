using Postern.Directory.Credentials;
using Postern.Directory.Credentials.Formats;
using Xunit;
using static Postern.Tests.SignIn.PasswordHashTexts;

namespace Postern.UnitTests.SignIn;

/// <summary>What a hash may cost, for every format that is verified.</summary>
public sealed class PasswordBudgetTests
{
    /// <summary>By format: a hash that may just be computed; those that may not. Empty where a format has no numbers in its text.</summary>
    private static readonly Dictionary<string, (string Within, string[] Over)> Samples = new()
    {
        ["postern"] = (Own(400_000, 32), [Own(400_001, 32), Own(int.MaxValue, 32), Own(uint.MaxValue, 32), Own(200_001, 128)]),
        ["argon2id"] = (Argon(65_536, 4, 4), [Argon(65_537, 1, 1), Argon(65_536, 5, 1), Argon(8, 257, 1), Argon(99_999_999_999, 1, 1), "$argon2id$v=19$m=64,t=99999999999999999999,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"]),
        ["bcrypt"] = ("$2a$12$" + Bcrypt, ["$2a$13$" + Bcrypt, "$2b$31$" + Bcrypt]),
        ["pbkdf2-django"] = (Django(400_000), [Django(400_001), Django(2_000_000), Django(99_999_999_999)]),
        ["pbkdf2-salt"] = (Convert.ToBase64String(new byte[64]), []),
        ["sha512-salt"] = (new string('a', 128), []),
        ["salt"] = (new string('a', 64), []),
        ["md5-salt"] = (new string('a', 32), []),
        ["plain"] = ("a password", []),
    };

    public static TheoryData<string, string> Over => [.. Samples.SelectMany(s => s.Value.Over, (s, hash) => (s.Key, hash))];

    [Fact]
    public void Every_format_says_what_a_hash_costs_and_has_a_hash_at_its_limit_here()
    {
        Assert.Equal(Samples.Keys.Order(), PasswordFormats.All.Select(f => f.Type).Order());
        Assert.All(PasswordFormats.All, format =>
        {
            var hash = format.Read(Samples[format.Type].Within);
            Assert.True(hash is { Cost.Time: > 0, Cost.Memory: > 0 }, format.Type);
            Assert.True(hash.IsAffordable, format.Type);
            // A format without numbers in its text always costs the same, and that is within the budget.
            Assert.True(Samples[format.Type].Over.Length > 0 || hash.Cost.IsWithin(PasswordCost.Ordinary), format.Type);
        });
    }

    [Theory]
    [MemberData(nameof(Over))]
    public void A_hash_over_the_budget_is_refused_and_is_never_computed(string type, string hash)
    {
        var read = PasswordFormats.Read(type, hash);

        Assert.False(read!.IsAffordable);
        Assert.False(read.IsOf("password", ["", "salt"]));
        Assert.Equal(type == PasswordHashes.Type ? PasswordFault.OwnFormat : PasswordFault.TooCostly, PasswordFormats.Judge(type, hash));
    }

    [Theory]
    [InlineData("argon2id")]
    [InlineData("bcrypt")]
    [InlineData("pbkdf2-django")]
    public void What_costs_more_than_our_own_hash_has_a_lane_of_its_own(string type) =>
        Assert.False(PasswordFormats.Read(type, Samples[type].Within)!.Cost.IsWithin(PasswordCost.Ordinary));

    [Fact]
    public void Our_own_hash_costs_one_and_is_ordinary() =>
        Assert.Equal(1, PasswordFormats.Read(PasswordHashes.Type, PasswordHashes.Hash("x")) is { } own && own.Cost.IsWithin(PasswordCost.Ordinary) ? own.Cost.Time : 0);

    [Theory]
    [InlineData("postern")]
    [InlineData("Postern")]
    [InlineData("POSTERN")]
    [InlineData(" postern\t")]
    public void Our_own_format_is_taken_from_no_other_source_in_any_spelling(string type)
    {
        Assert.Equal(PasswordFault.OwnFormat, PasswordFormats.Judge(type, PasswordHashes.Hash("x")));
        Assert.Equal(PasswordFault.OwnFormat, PasswordFormats.Judge(type, "x"));
    }
}
