namespace Postern.Directory.Objects.Kinds;

/// <summary>Rule: a rule of the gateway.</summary>
internal static class RuleKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("rule", "rules", "Rule",
            """
            owner N, name N, createdTime S, updatedTime S, type S, expressions Expression[], action S, statusCode I(0..999), reason S(8000),
            isVerbose B
            """) with
    {
        IsKeptOnly = true,
    };
}
