using System.Text.Json.Nodes;
using Postern.Casbin;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Model: a Casbin model.</summary>
public static class ModelKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("model", "models", "Model",
            """
            owner N, name N, createdTime S, displayName S, description T, modelText T
            """) with
    {
        Complete = (document, _) => RefuseText(document),
        JudgeChange = (_, changes) => changes.ContainsKey("modelText") ? RefuseText(changes) : null,
    };

    private static string? RefuseText(JsonObject document) =>
        CasbinModel.Parse(ObjectTarget.Text(document, "modelText")).IsRefused(out var refusal, out _) ? refusal : null;
}
