using System.Diagnostics;
using Postern.Casbin;
using Xunit;

namespace Postern.UnitTests.Casbin;

public sealed class EnforcerTests
{
    private const string Roles = "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act";
    private static readonly string RoleModel = Models.Text(Roles, roles: "g = _, _");

    [Theory]
    [InlineData("""["alice", "data1"]""", "invalid request size: expected 3, got 2, rvals: [alice data1]")]
    [InlineData("[]", "invalid request size: expected 3, got 0, rvals: []")]
    [InlineData("""[1, true, null, {"b": [1.5, "x"], "a": 1e21}]""", "invalid request size: expected 3, got 4, rvals: [1 true <nil> map[a:1e+21 b:[1.5 x]]]")]
    public void A_request_of_another_size_is_refused_in_Casbins_words(string request, string refusal) =>
        Assert.Equal(new Verdict(false, refusal), Models.Enforce(Models.Enforcer(RoleModel, "p, alice, data1, read"), request));

    [Theory]
    [InlineData("p, alice, data1", "invalid policy size: expected 3, got 2, pvals: [alice data1]")]
    [InlineData("p, alice, data1, read, x", "invalid policy size: expected 3, got 4, pvals: [alice data1 read x]")]
    [InlineData("p2, alice, data1, read", "A policy of the type p2 has no definition in the model.")]
    [InlineData("g2, alice, admin", "A policy of the type g2 has no definition in the model.")]
    [InlineData("g, alice", "The policy [g alice] has fewer values than the role definition has places.")]
    [InlineData("g, alice, ", "The policy [g alice ] has fewer values than the role definition has places.")]
    public void A_policy_that_does_not_fit_the_model_is_refused(string policies, string refusal)
    {
        Assert.True(Enforcer.Create(Models.Model(RoleModel), Models.Rows(policies)).IsRefused(out var why, out _));
        Assert.Equal(refusal, why);
    }

    [Fact]
    public void Empty_values_that_storage_pads_with_do_not_count()
    {
        Models.Judges(Models.Enforcer(RoleModel, "p, admin, data1, read, , ,\ng, alice, admin, , , ,"), "alice, data1, read: allowed");
    }

    [Fact]
    public void A_field_without_a_name_takes_its_place_in_a_policy()
    {
        var enforcer = Models.Enforcer(Models.Text(Roles, policy: "sub, obj, act, \"\", \"\", permissionId", roles: "g = _, _"), "p, alice, data1, read, , , hold/probe");
        Models.Judges(enforcer, "alice, data1, read: allowed");
        Assert.Equal(["hold/probe"], enforcer.ValuesOf("permissionId"));
        Assert.Empty(enforcer.ValuesOf(""));
    }

    [Fact]
    public void A_circle_of_roles_ends()
    {
        var enforcer = Models.Enforcer(RoleModel, "p, c, data1, read\ng, a, b\ng, b, c\ng, c, a\ng, d, d");
        Models.Judges(enforcer, "a, data1, read: allowed\nc, data1, read: allowed\nd, data1, read: denied");
        Assert.Equal(["b", "c"], enforcer.ImplicitRoles("a"));
        Assert.Empty(enforcer.ImplicitRoles("d"));
    }

    [Fact]
    public void A_circle_of_roles_has_no_order_of_subjects()
    {
        var model = Models.Model(Models.Text(Roles, policy: "sub, obj, act, eft", roles: "g = _, _", effect: "subjectPriority(p.eft) || deny"));
        Assert.True(Enforcer.Create(model, Models.Rows("p, a, data1, read, allow\ng, a, b\ng, b, a")).IsRefused(out var refusal, out _));
        Assert.Equal("The roles of a inherit each other in a circle, or too far, for the effect subjectPriority.", refusal);
    }

    [Fact]
    public void Roles_are_inherited_over_ten_links_and_no_more()
    {
        var links = string.Join('\n', Enumerable.Range(0, 20).Select(i => $"g, r{i}, r{i + 1}"));
        Models.Judges(Models.Enforcer(RoleModel, "p, r10, data1, read\np, r11, data2, read\n" + links), "r0, data1, read: allowed\nr0, data2, read: denied\nr1, data2, read: allowed");
    }

    [Fact]
    public void A_priority_that_is_no_number_is_refused()
    {
        var model = Models.Model(Models.Text(Roles, policy: "priority, sub, obj, act, eft", roles: "g = _, _", effect: "priority(p.eft) || deny"));
        Assert.True(Enforcer.Create(model, Models.Rows("p, high, alice, data1, read, allow")).IsRefused(out var refusal, out _));
        Assert.Equal("The priority high of a policy is no whole number.", refusal);
    }

    [Fact]
    public void A_rule_that_is_not_understood_refuses_only_who_comes_to_it()
    {
        var enforcer = Models.Enforcer(Models.Text("r.obj == p.obj && eval(p.rule)", "sub, obj", "rule, obj"), "p, r.sub ==, data1\np, eval(p.rule), data2\np, r.sub == 'a', data3");
        Models.Judges(enforcer, """
            a, data1: The rule r.sub == of a policy: a value is missing at character 9, before the end.
            a, data2: The rule eval(p.rule) of a policy: eval cannot stand in what is evaluated.
            a, data3: allowed
            b, data3: denied
            """);
    }

    [Fact]
    public void Who_may_what_can_be_listed()
    {
        var enforcer = Models.Enforcer(RoleModel, """
            p, alice, data1, read
            p, admin, data2, read
            p, admin, data2, write
            p, bob, data2, write
            g, alice, chief
            g, chief, admin
            """);
        Assert.Equal(["alice", "admin", "bob"], enforcer.ValuesOf("sub"));
        Assert.Equal(["data1", "data2"], enforcer.ValuesOf("obj"));
        Assert.Equal(["read", "write"], enforcer.ValuesOf("act"));
        Assert.Empty(enforcer.ValuesOf("nothing"));
        Assert.Equal(["chief", "admin"], enforcer.AllRoles());
        Assert.Equal(["chief", "admin"], enforcer.ImplicitRoles("alice"));
        Assert.Equal([["alice", "data1", "read"], ["admin", "data2", "read"], ["admin", "data2", "write"]], enforcer.ImplicitPermissions("alice"));
    }

    [Fact]
    public async Task One_enforcer_answers_many_at_once()
    {
        var enforcer = Models.Enforcer(Models.Text("g(r.sub, p.sub) && keyMatch2(r.obj, p.obj) && regexMatch(r.act, p.act)", roles: "g = _, _"), "p, admin, /a/:id, ^(GET|PUT)$\ng, alice, admin");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 500).All(i => enforcer.Enforce("alice", $"/a/{i}", "GET").IsAllowed && !enforcer.Enforce("bob", $"/a/{i}", "GET").IsAllowed))));
        Assert.All(answers, Assert.True);
    }

    [Fact]
    public void Thousands_of_plain_expressions_are_kept_in_little_memory()
    {
        var rows = Enumerable.Range(0, 10_000).Select(i => new[] { "p", $"user{i}", $"^/data/{i}/[0-9]+$", "(GET)|(POST)" });
        var enforcer = Models.Enforcer(Models.Model(Models.Text("regexMatch(r.obj, p.obj) && regexMatch(r.act, p.act) && r.sub == p.sub")), rows);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Models.Judges(enforcer, "user9999, /data/9999/7, GET: allowed");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000_000);
    }

    [Theory]
    [InlineData("""["\ud800", "x", "x"]""")]
    [InlineData("""[["a", "\udc00"], "x", "x"]""")]
    [InlineData("""[{"\ud800": 1}, "x", "x"]""")]
    public void A_request_with_half_of_a_surrogate_pair_is_refused(string json) =>
        Assert.Equal(new Verdict(false, "A text of the request is not Unicode text."), Models.Enforce(Models.Enforcer(Models.Text("r.sub == p.sub"), "p, x, x, x"), json));

    [Fact]
    public void Expressions_that_repeat_groups_are_bounded_in_number()
    {
        static Enforcer With(int count) => Models.Enforcer(Models.Text("regexMatch(r.obj, p.obj)"), string.Join('\n', Enumerable.Range(0, count).Select(i => $"p, x, ^(/[a-z]+)*/{i}$, x")));
        Models.Judges(With(100), "x, /a/b/99, x: allowed\nx, /a/b/99, x: allowed\nx, /a/b/100, x: denied");
        Models.Judges(With(101), "x, /a/b/100, x: The policies have more than 100 regular expressions with repeated groups.");
    }

    /// <summary>It would take a minute: each policy is slow, though none is too slow by itself.</summary>
    [Fact]
    public void A_request_that_takes_too_long_is_refused()
    {
        var stars = string.Concat(Enumerable.Repeat("/*", 200));
        var enforcer = Models.Enforcer(Models.Model(Models.Text("keyMatch2(r.obj, p.obj)")), Enumerable.Range(0, 10_000).Select(i => new[] { "p", "x", $"{stars}/end{i}", "x" }));
        var verdict = enforcer.Enforce("x", new string('/', 20_000), "x");
        Assert.False(verdict.IsAllowed);
        // Whichever limit a machine comes to first.
        Assert.Matches("took too long|too many steps", verdict.Refusal);
    }

    /// <summary>The bound is far above what it takes, so that only an order of magnitude breaks it.</summary>
    [Theory]
    [InlineData("g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act")]
    [InlineData("g(r.sub, p.sub) && keyMatch2(r.obj, p.obj) && r.act == p.act")]
    [InlineData("keyMatch2(r.obj, p.obj) && g(r.sub, p.sub) && r.act == p.act")]
    public void Ten_thousand_policies_are_asked_in_milliseconds(string matcher)
    {
        var rows = Enumerable.Range(0, 10_000).SelectMany(i => new[] { new[] { "p", $"role{i}", $"/data/{i}/:id", "read" }, ["g", $"user{i}", $"role{i}"] });
        var enforcer = Models.Enforcer(Models.Model(Models.Text(matcher, roles: "g = _, _")), rows);
        enforcer.Enforce("user9999", "/data/9999/:id", "read");

        var fastest = Enumerable.Range(0, 20).Min(_ =>
        {
            var begun = Stopwatch.GetTimestamp();
            Assert.True(enforcer.Enforce("user9999", "/data/9999/:id", "read").IsAllowed);
            return Stopwatch.GetElapsedTime(begun);
        });
        Assert.InRange(fastest.TotalMilliseconds, 0, 20);
    }
}
