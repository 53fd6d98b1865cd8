using System.Text.Json.Nodes;
using Postern.Casbin;
using Xunit;

namespace Postern.UnitTests.Casbin;

/// <summary>What one call may cost: each of these would otherwise take seconds, minutes or hours.</summary>
public sealed class AllowanceTests
{
    private const string Head = "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n[role_definition]\ng = _, _\n[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = ";

    [Theory]
    [InlineData("regexMatch(r.obj, p.obj)")]
    [InlineData("r.sub == r.obj || r.sub == p.obj")]
    [InlineData("r.act in r.sub && r.obj == p.obj || r.act in r.sub && r.obj == p.sub")]
    [InlineData("g(p.sub, r.act)")]
    [InlineData("keyMatch2(r.obj, p.obj)")]
    public void The_requests_of_a_call_share_one_allowance(string matcher)
    {
        var model = Models.Model(Head + matcher);
        var links = Enumerable.Range(0, 4000).SelectMany(i => new[] { new[] { "g", $"s{i}", "hub" }, ["g", "hub", $"top{i}"] });
        var policies = Enumerable.Range(0, 2000).Select(i => new[] { "p", $"s{i}", $"/a/:b/{i}/(x|y)*z", "read" });
        var enforcer = Models.Enforcer(model, [.. policies, .. links]);
        var list = new JsonArray([.. Enumerable.Range(0, 20_000).Select(i => (JsonNode)$"n{i}")]);
        JsonNode?[] request = [list, new string('a', 20_000), "nothing"];

        var allowance = new Allowance();
        var judged = Enumerable.Range(0, 10_000).Select(_ => enforcer.Enforce(request, allowance)).First(v => v.Refusal is not null);
        Assert.False(judged.IsAllowed);
        Assert.Matches("steps|too long|regular expressions with repeated groups", judged.Refusal);
    }

    [Fact]
    public void A_call_that_nobody_waits_for_ends_between_two_policies()
    {
        var enforcer = Models.Enforcer(Models.Model(Head + "r.sub == p.sub"), [["p", "a", "b", "c"]]);
        using var gone = new CancellationTokenSource();
        gone.Cancel();
        Assert.Throws<OperationCanceledException>(() => enforcer.Enforce((IReadOnlyList<JsonNode?>)["x", "b", "c"], new Allowance(gone.Token)));
    }

    [Fact]
    public void Links_that_are_added_do_not_change_the_enforcer_that_they_were_added_to()
    {
        var enforcer = Models.Enforcer(Models.Model(Head + "g(r.sub, p.sub) && r.obj == p.obj"), [["p", "reader", "book", "read"], ["g", "ann", "reader"]]);
        var more = Added(enforcer.With([["g", "bob", "reader"], ["g", "ann", "clerk"]]));
        Assert.Equal((true, false, true, true), (May(enforcer, "ann"), May(enforcer, "bob"), May(more, "ann"), May(more, "bob")));
        Assert.Equal(["reader"], enforcer.ImplicitRoles("ann"));

        static Enforcer Added(Reading<Enforcer> read) => read.IsRefused(out var refusal, out var added) ? throw new InvalidOperationException(refusal) : added;

        static bool May(Enforcer by, string who) => by.Enforce(who, "book", "read").IsAllowed;
    }
}
