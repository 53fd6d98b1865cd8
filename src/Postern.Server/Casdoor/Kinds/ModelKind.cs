using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Model (contract 4.7): a Casbin model.</summary>
internal static class ModelKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("model", "models", "Model",
            """
            owner S, name S, createdTime S, displayName S, description S, modelText S
            """);
}
