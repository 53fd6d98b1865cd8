using System.Text.RegularExpressions;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Users;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>What a user may have as a password, and what happens to it on its way (ASVS 5.0, V6.2; RFC 9700 §4.12).</summary>
public sealed class PasswordFieldTests(Servers servers)
{
    // 64 characters, of several scripts, and a compatibility form that a careless comparison would fold.
    private const string Long = "Correct-Horse-电池-Straße-ﬁve-0123456789-0123456789-0123456789-!!!";

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_password_of_64_characters_of_any_script_is_compared_as_it_was_sent(DatabaseDriver driver)
    {
        Assert.Equal(64, Long.Length);
        var tenant = await (await servers.OnAsync(driver)).NewOrganizationAsync();
        await tenant.AddUserAsync("ann", ("password", Long));

        // Four, because the fifth wrong one would shut the sign-in.
        foreach (var other in new[] { Long[..^1] + "?", Long.ToUpperInvariant(), Long + " ", Long.Replace("ﬁ", "fi", StringComparison.Ordinal) })
        {
            Assert.Equal("invalid_grant", (await tenant.PasswordTokensAsync("ann", other))["error"]);
        }

        Assert.NotNull((await tenant.PasswordTokensAsync("ann", Long))["access_token"]);
    }

    [Fact]
    public async Task A_password_that_is_years_old_is_still_good()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("ann");

        server.Clock.Advance(TimeSpan.FromDays(3 * 365));

        Assert.NotNull((await tenant.PasswordTokensAsync("ann"))["access_token"]);
    }

    [Fact]
    public async Task The_field_hides_what_is_typed_and_lets_a_password_manager_fill_it()
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewWebTenantAsync();
        using var nobody = new Visitor(tenant.Server);

        var page = await nobody.GetAsync(Visitor.Authorize(tenant.ClientId));

        var field = Regex.Match(page.Text, "<input id=\"password\"[^>]*>").Value;
        Assert.Contains("type=\"password\"", field, StringComparison.Ordinal);
        Assert.Contains("autocomplete=\"current-password\"", field, StringComparison.Ordinal);
        Assert.True(int.Parse(Regex.Match(field, "maxlength=\"([0-9]+)\"").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) >= 64);
        Assert.DoesNotContain(" on", Regex.Replace(field, "\"[^\"]*\"", ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_post_with_a_password_is_answered_by_a_redirect()
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewWebTenantAsync();
        await tenant.AddUserAsync("ann");
        using var ann = new Visitor(tenant.Server);
        var page = await ann.GetAsync(Visitor.Authorize(tenant.ClientId));

        var wrong = await ann.SubmitAsync(page, ("username", "ann"), ("password", "wrong"));
        var right = await ann.SubmitAsync(page, ("username", "ann"), ("password", PasswordUsers.Password));
        var posted = await ann.PostAsync("/login/oauth/authorize", [("client_id", tenant.ClientId), ("response_type", "code"), ("redirect_uri", Visitor.RedirectUri)]);

        Assert.Equal([(400, ""), (200, "")], new[] { wrong, right }.Select(a => (a.Status, a.Location)));
        // A posted request holds no password, and goes on to ourselves by GET.
        Assert.Equal(303, posted.Status);
        Assert.StartsWith("/login/oauth/authorize?", posted.Location, StringComparison.Ordinal);
    }
}
