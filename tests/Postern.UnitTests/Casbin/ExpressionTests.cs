using Xunit;

namespace Postern.UnitTests.Casbin;

public sealed class ExpressionTests
{
    [Theory]
    [InlineData("true || false && false", true)]
    [InlineData("(true || false) && false", false)]
    [InlineData("!false && !(true && false)", true)]
    [InlineData("1 + 2 * 3 == 7", true)]
    [InlineData("10 - 4 - 3 == 3", true)]
    [InlineData("8 / 4 / 2 == 1", true)]
    [InlineData("-2 < -1", true)]
    [InlineData("1.5 >= .5 && 2 <= 2", true)]
    [InlineData("'b' > 'a' && 'Z' < 'a'", true)]
    [InlineData("'a' + 'b' == \"ab\" && 'n' + 1 == 'n1'", true)]
    [InlineData("'1' == 1", false)]
    [InlineData("'1' != 1", true)]
    [InlineData("2 in (1, 2) && !('2' in (1, 2)) && !('a' in ())", true)]
    [InlineData("'it is a \"word\"' == \"it is a \" + '\"word\"'", true)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    public void An_expression_has_its_value(string expression, bool value) =>
        Assert.Equal((value, null), (Models.Evaluate(expression).IsAllowed, Models.Evaluate(expression).Refusal));

    [Theory]
    [InlineData("""[{"Tags": ["x", "y"], "deep": {"N": 2}}, "y"]""", "r.b in r.a.tags && r.a.Deep.n == 2", true)]
    [InlineData("""[{"Tags": ["x"]}, "y"]""", "r.b in r.a.Tags", false)]
    [InlineData("""[{"Tags": ["x"]}, "y"]""", "r.b in (r.a.Tags, 'y')", true)]
    [InlineData("[null, null]", "r.a == r.b", true)]
    [InlineData("[1, \"1\"]", "r.a == r.b", false)]
    [InlineData("""[{"a": [1, {"b": 2}]}, {"A": [1, {"b": 2}]}]""", "r.a == r.b", true)]
    public void Values_of_a_request_may_be_any_JSON(string request, string expression, bool value) =>
        Assert.Equal((value, null), (Models.Evaluate(expression, request).IsAllowed, Models.Evaluate(expression, request).Refusal));

    [Theory]
    [InlineData("r.a.Age > 18", "[\"alice\", 1]")]
    [InlineData("r.a.Age > 18", "[{\"age\": \"old\"}, 1]")]
    [InlineData("r.a.Age > 18", "[{}, 1]")]
    [InlineData("!r.a.banned", "[{}, 1]")]
    [InlineData("r.a && r.b", "[\"x\", true]")]
    [InlineData("r.a || r.b", "[1, true]")]
    [InlineData("!r.a", "[\"x\", 1]")]
    [InlineData("-r.a < 1", "[\"x\", 1]")]
    [InlineData("r.a / r.b > 1", "[1, 0]")]
    [InlineData("r.a - 1 == 0", "[\"1\", 0]")]
    [InlineData("r.a", "[\"text\", 0]")]
    [InlineData("keyMatch(r.a, '/*')", "[1, 0]")]
    [InlineData("r.a == r.b", "[1e999, 0]")]
    [InlineData("r.a == r.b", """[{"x": 1, "X": 2}, 0]""")]
    [InlineData("r.a == r.b", """[{"x": 1, "x": 2}, 0]""")]
    [InlineData("ipMatch(r.a, '10.0.0.0/8')", "[\"nobody\", 0]")]
    public void What_cannot_be_computed_is_refused_and_never_allowed(string expression, string request)
    {
        var verdict = Models.Evaluate(expression, request);
        Assert.False(verdict.IsAllowed);
        Assert.NotNull(verdict.Refusal);
    }

    [Fact]
    public void What_is_already_decided_is_not_computed()
    {
        Assert.True(Models.Evaluate("true || r.a.Age > 18").IsAllowed);
        Assert.Null(Models.Evaluate("false && r.a.Age > 18").Refusal);
    }

    [Theory]
    [InlineData("r.a == p.x")]
    [InlineData("r.a != p.x")]
    [InlineData("!(r.a == p.x)")]
    [InlineData("regexMatch(r.a, p.x)")]
    [InlineData("r.a in (p.x)")]
    [InlineData("p.x + 'a' == 'a'")]
    public void Without_policies_nothing_that_asks_one_is_true(string matcher) =>
        Assert.Equal((false, null), (Models.Evaluate(matcher).IsAllowed, Models.Evaluate(matcher).Refusal));

    [Theory]
    [InlineData("r.a =~ 'x'", "the operator =~ at character 5 is not supported")]
    [InlineData("r.a ? 1 : 2", "the operator ? at character 5 is not supported")]
    [InlineData("r.a = 'x'", "the operator = at character 5 is not supported")]
    [InlineData("r.a % 2 == 0", "the operator % at character 5 is not supported")]
    [InlineData("launch(r.a)", "the function launch at character 1 is not supported")]
    [InlineData("keyMatch2(r.a)", "keyMatch2 at character 1 takes 2 arguments, and 1 are given")]
    [InlineData("g(r.a, r.b)", "the function g at character 1 is not supported")]
    [InlineData("r.c == 'x'", "r.c at character 1 is no field of the request_definition")]
    [InlineData("p.y == 'x'", "p.y at character 1 is no field of the policy_definition")]
    [InlineData("p.x.y == 'x'", "p.x.y at character 1 is no field: those of a policy are texts")]
    [InlineData("r.a == allow", "the name allow at character 8 is unknown: names begin with r. or p.")]
    [InlineData("r.a == 'x", "the text that begins at character 8 does not end")]
    [InlineData("(r.a == 'x'", ") is missing at character 12, before the end")]
    [InlineData("r.a == 'x')", "nothing is expected at character 11, where ) stands")]
    [InlineData("r.a ==", "a value is missing at character 7, before the end")]
    [InlineData("1x == 1", "what begins at character 1 is no number")]
    [InlineData("eval(r.a)", "eval at character 1 takes one field of the policy")]
    public void A_matcher_that_is_not_understood_is_refused_by_its_place(string matcher, string why) =>
        Assert.Equal($"Line 11 of the model, [matchers] m: {why}.", Models.Refusal(Models.Text(matcher, "a, b", "x")));
}
