namespace Postern.Directory.Objects.Kinds;

/// <summary>Enforcer: a model and an adapter together.</summary>
public static class EnforcerKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("enforcer", "enforcers", "Enforcer",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, description T, model S, adapter S, modelCfg M
            """) with
    {
        KeptOnly = ObjectShape.Words("modelCfg"),
        Names = ["model", "adapter"],
    };
}
