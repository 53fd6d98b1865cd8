namespace Postern.Casbin;

/// <summary>How the policies that match a request make one verdict: the effects that Casbin defines.</summary>
internal enum Effect
{
    /// <summary>Allowed if some policy allows.</summary>
    AllowOverride,

    /// <summary>Allowed unless some policy denies.</summary>
    DenyOverride,

    /// <summary>Allowed if some policy allows and none denies.</summary>
    AllowAndDeny,

    /// <summary>The first policy that allows or denies decides.</summary>
    Priority,

    /// <summary>The same, where those of a subject stand before those of the roles that it inherits.</summary>
    SubjectPriority,
}

internal static class Effects
{
    private static readonly Dictionary<string, Effect> ByText = new(StringComparer.Ordinal)
    {
        ["some(where(p.eft==allow))"] = Effect.AllowOverride,
        ["!some(where(p.eft==deny))"] = Effect.DenyOverride,
        ["some(where(p.eft==allow))&&!some(where(p.eft==deny))"] = Effect.AllowAndDeny,
        ["priority(p.eft)||deny"] = Effect.Priority,
        ["subjectPriority(p.eft)||deny"] = Effect.SubjectPriority,
    };

    public static Effect? Find(string text)
    {
        var compact = string.Concat(text.Where(c => !char.IsWhiteSpace(c))).Replace("p_eft", "p.eft", StringComparison.Ordinal);
        return ByText.TryGetValue(compact, out var effect) ? effect : null;
    }
}
