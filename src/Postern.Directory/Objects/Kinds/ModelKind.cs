using System.Text.Json.Nodes;
using Postern.Casbin;
using Postern.Protocol;

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

    private static LocalizedText? RefuseText(JsonObject document) =>
        CasbinModel.Parse(ObjectTarget.Text(document, "modelText")).IsRefused(out var refusal, out _) ? OfCasbin(refusal) : null;

    /// <summary>What the library refuses quotes the language of models, which is English.</summary>
    public static LocalizedText OfCasbin(string refusal) => new(refusal, $"模型或策略有误：{refusal}");
}
