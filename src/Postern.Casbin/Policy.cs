using Postern.Casbin.Expressions;

namespace Postern.Casbin;

/// <param name="Values">As many as the policy_definition has fields.</param>
/// <param name="IsAllow">Whether it allows what it matches.</param>
/// <param name="IsDeny">Whether it denies that; one that does neither has no say.</param>
/// <param name="Rules">For each field that <c>eval</c> is called with, what it says.</param>
/// <param name="Steps">What judging a request by it costs, rules included.</param>
internal sealed record Policy(string[] Values, bool IsAllow, bool IsDeny, Node?[] Rules, int Steps);
