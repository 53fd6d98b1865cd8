using System.Text.Json.Nodes;
using Postern.Casbin;
using Xunit;

namespace Postern.UnitTests.Casbin;

public sealed class PatternTests
{
    [Theory]
    [InlineData("keyMatch", "/foo/bar", "/foo/*", true)]
    [InlineData("keyMatch", "/foo", "/foo/*", false)]
    [InlineData("keyMatch", "/foobar", "/foo*", true)]
    [InlineData("keyMatch", "/foo", "/foo", true)]
    [InlineData("keyMatch", "/foo/bar", "/foo", false)]
    [InlineData("keyMatch2", "/resource1", "/:resource", true)]
    [InlineData("keyMatch2", "/a/b", "/:resource", false)]
    [InlineData("keyMatch2", "/foo/", "/foo/*", true)]
    [InlineData("keyMatch2", "/foo", "/foo/*", false)]
    [InlineData("keyMatch2", "/foo/bar/baz", "/foo/*", true)]
    [InlineData("keyMatch2", "/foo/bar", "/foo", false)]
    [InlineData("keyMatch2", "/a1/myid/using/res_id", "/a1/:id/using/:resId", true)]
    [InlineData("keyMatch2", "/a1//using/res_id", "/a1/:id/using/:resId", false)]
    [InlineData("keyMatch2", "/x/y/z/end", "/*/end", true)]
    [InlineData("keyMatch2", "/a/b\n", "/a/b", false)]
    [InlineData("keyMatch2", "/a/b\nc", "/a/*", false)]
    [InlineData("keyMatch2", "", "", true)]
    [InlineData("keyMatch2", "/", "", false)]
    [InlineData("keyMatch2", "/v1.0/x", "/v1.0/:id", true)]
    [InlineData("keyMatch2", "/v1a0/x", "/v1.0/:id", true)]
    [InlineData("keyMatch2", "/v1/x", "/(v1|v2)/:id", true)]
    [InlineData("keyMatch2", "/v3/x", "/(v1|v2)/:id", false)]
    [InlineData("keyMatch3", "/proxy/myid/res", "/proxy/{id}/*", true)]
    [InlineData("keyMatch3", "/proxy/myid", "/proxy/{id}/*", false)]
    [InlineData("keyMatch3", "/a-b", "/{x}-{y}", true)]
    [InlineData("keyMatch4", "/parent/123/child/123", "/parent/{id}/child/{id}", true)]
    [InlineData("keyMatch4", "/parent/123/child/456", "/parent/{id}/child/{id}", false)]
    [InlineData("keyMatch4", "/parent/123/child/456", "/parent/{id}/child/{other}", true)]
    [InlineData("keyMatch4", "/parent/123", "/parent/123", true)]
    [InlineData("keyMatch5", "/parent/child?status=1", "/parent/*", true)]
    [InlineData("keyMatch5", "/parent?status=1", "/parent", true)]
    [InlineData("keyMatch5", "/parent/child", "/parent", false)]
    [InlineData("regexMatch", "/topic/edit/123", "/topic/edit/[0-9]+", true)]
    [InlineData("regexMatch", "/topic/edit/abc", "/topic/edit/[0-9]+", false)]
    [InlineData("regexMatch", "/topic/edit/1/x", "^/topic/edit/[0-9]+$", false)]
    [InlineData("regexMatch", "admin\n", "^admin$", false)]
    [InlineData("regexMatch", "١", @"^\d$", false)]
    [InlineData("regexMatch", "1", @"^\d$", true)]
    [InlineData("regexMatch", "é", @"^\w$", false)]
    [InlineData("regexMatch", "é", @"^[\W]$", true)]
    [InlineData("regexMatch", "é", @"^[^\W]$", false)]
    [InlineData("regexMatch", "a.b-c", @"^[\w-.]+$", true)]
    [InlineData("regexMatch", "b", "^[a-z-[b]]$", false)]
    [InlineData("regexMatch", "b]", "^[a-z-[b]]$", true)]
    [InlineData("regexMatch", "a-[]^", @"^[]a^[-]+$", true)]
    [InlineData("regexMatch", "GET", "(?i)get", true)]
    [InlineData("regexMatch", "x\ny", @"^[\s\S]+$", true)]
    [InlineData("regexMatch", "ab", "(?P<one>a)(?:b)", true)]
    [InlineData("globMatch", "/foo/", "/foo/*", true)]
    [InlineData("globMatch", "/foo", "/foo/*", false)]
    [InlineData("globMatch", "/foo/a/b", "/foo/*", false)]
    [InlineData("globMatch", "/foo/a/b", "/foo/**", true)]
    [InlineData("globMatch", "/foo", "/foo/**", true)]
    [InlineData("globMatch", "/foox", "/foo/**", false)]
    [InlineData("globMatch", "/a/b/c/d", "/a/**/d", true)]
    [InlineData("globMatch", "/a/d", "/a/**/d", true)]
    [InlineData("globMatch", "/a.b", "/a?b", true)]
    [InlineData("globMatch", "/axb", "/a.b", false)]
    [InlineData("globMatch", "a/b", "a?b", false)]
    [InlineData("globMatch", "a/b", "a[.-0]b", false)]
    [InlineData("globMatch", "a/b", "a[!x]b", false)]
    [InlineData("globMatch", "a-b", "a[!x]b", true)]
    [InlineData("globMatch", "x.png", "*.{jpg,png}", true)]
    [InlineData("globMatch", "x.gif", "*.{jpg,png}", false)]
    [InlineData("globMatch", "*", @"\*", true)]
    [InlineData("globMatch", "a", @"\*", false)]
    [InlineData("ipMatch", "192.168.2.123", "192.168.2.0/24", true)]
    [InlineData("ipMatch", "192.168.3.123", "192.168.2.0/24", false)]
    [InlineData("ipMatch", "192.168.2.130", "192.168.2.129/25", true)]
    [InlineData("ipMatch", "192.168.2.123", "192.168.2.123", true)]
    [InlineData("ipMatch", "::ffff:10.0.0.5", "10.0.0.0/8", true)]
    [InlineData("ipMatch", "10.0.0.5", "::ffff:10.0.0.0/104", true)]
    [InlineData("ipMatch", "2001:db8::1", "2001:db8::/32", true)]
    [InlineData("ipMatch", "2001:db9::1", "2001:db8::/32", false)]
    [InlineData("ipMatch", "10.0.0.5", "::/0", false)]
    [InlineData("ipMatch", "10.0.0.5", "0.0.0.0/0", true)]
    public void A_pattern_matches_what_Casbin_says(string function, string text, string pattern, bool matches) =>
        Assert.Equal(new Verdict(matches, null), Match(function, text, pattern));

    [Theory]
    [InlineData("regexMatch", "(")]
    [InlineData("regexMatch", "a**")]
    [InlineData("regexMatch", "(?=a)a")]
    [InlineData("regexMatch", "(?<!b)a")]
    [InlineData("regexMatch", @"(a)\1")]
    [InlineData("regexMatch", "(?>a)")]
    [InlineData("regexMatch", "(?m)^a$")]
    [InlineData("regexMatch", "(?<a-b>a)")]
    [InlineData("regexMatch", "[[:alpha:]]")]
    [InlineData("regexMatch", @"[!-\d]")]
    [InlineData("regexMatch", @"\Z")]
    [InlineData("regexMatch", "a\\")]
    [InlineData("regexMatch", "[a")]
    [InlineData("regexMatch", "((((a{1,99}){1,99}){1,99}){1,99}){1,99}")]
    [InlineData("keyMatch2", "/**")]
    [InlineData("keyMatch4", "/(a)/{id}")]
    [InlineData("globMatch", "[")]
    [InlineData("globMatch", "[b-a]")]
    [InlineData("globMatch", "{a")]
    [InlineData("globMatch", "a}")]
    [InlineData("globMatch", "a\\")]
    [InlineData("ipMatch", "10.0.0.0/33")]
    [InlineData("ipMatch", "10.0.0.0/-1")]
    [InlineData("ipMatch", "10.1")]
    [InlineData("ipMatch", "010.0.0.1")]
    [InlineData("ipMatch", "fe80::1%eth0")]
    [InlineData("ipMatch", "")]
    public void A_pattern_that_is_not_supported_is_refused_and_matches_nothing(string function, string pattern)
    {
        foreach (var text in new[] { "10.0.0.1", "::1" })
        {
            var verdict = Match(function, text, pattern);
            Assert.False(verdict.IsAllowed);
            Assert.NotNull(verdict.Refusal);
        }
    }

    [Fact]
    public void What_the_star_stands_for_can_be_compared()
    {
        Assert.True(Models.Evaluate("keyGet('/foo/bar/x', '/foo/*') == 'bar/x' && keyGet('/foo', '/bar/*') == '' && keyGet('/foo', '/foo') == ''").IsAllowed);
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|a)*$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("(.*)*x")]
    public void A_pattern_that_would_backtrack_for_ever_answers_at_once(string pattern)
    {
        Assert.Equal(new Verdict(false, null), Match("regexMatch", new string('a', 5_000) + "!", pattern));
    }

    [Theory]
    [InlineData("(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)(a|aa)!x$")]
    [InlineData("a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?!x$")]
    [InlineData("a*a*a*a*a*a*a*a*a*a*a*a*!x$")]
    public void Many_ways_to_match_are_not_tried_one_by_one(string pattern) =>
        Assert.Equal(new Verdict(false, null), Match("regexMatch", new string('a', 2_000) + "!", pattern));

    /// <summary>Eight loops are few, and still too many for this text: the limit of time ends it.</summary>
    [Fact]
    public void A_match_that_takes_too_long_is_refused() =>
        Assert.Equal(new Verdict(false, "A regular expression took too long to match."), Match("regexMatch", new string('a', 5_000) + "!c", "^a*[ab]*a*[ab]*a*[ab]*a*c$"));

    [Fact]
    public void Many_stars_in_a_path_take_no_longer_than_their_number_says()
    {
        var pattern = string.Concat(Enumerable.Repeat("/*", 200)) + "/end";
        Assert.Equal(new Verdict(false, null), Match("keyMatch2", new string('/', 5_000), pattern));
    }

    private static Verdict Match(string function, string text, string pattern) =>
        Models.Enforcer(Models.Text($"{function}(r.a, r.b)", "a, b", "x"), "").Enforce((IReadOnlyList<JsonNode?>)[text, pattern]);
}
