using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Tables;

namespace Postern.Server.FirstStart;

/// <summary>
/// The two models, adapters and enforcers that every Casdoor has under these names: programs refer to them. Their adapters have no policies, and
/// nothing here is decided by them.
/// </summary>
internal static class FirstEnforcers
{
    private const string UserModel =
        """
        [request_definition]
        r = sub, obj, act

        [policy_definition]
        p = sub, obj, act

        [role_definition]
        g = _, _

        [policy_effect]
        e = some(where (p.eft == allow))

        [matchers]
        m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
        """;

    private const string ApiModel =
        """
        [request_definition]
        r = subOwner, subName, method, urlPath, objOwner, objName

        [policy_definition]
        p = subOwner, subName, method, urlPath, objOwner, objName

        [role_definition]
        g = _, _

        [policy_effect]
        e = some(where (p.eft == allow))

        [matchers]
        m = (r.subOwner == p.subOwner || p.subOwner == "*") && \
            (r.subName == p.subName || p.subName == "*" || r.subName != "anonymous" && p.subName == "!anonymous") && \
            (r.method == p.method || p.method == "*") && \
            (keyMatch2(r.urlPath, p.urlPath) || p.urlPath == "*") && \
            (r.objOwner == p.objOwner || p.objOwner == "*") && \
            (r.objName == p.objName || p.objName == "*") || \
            (r.subOwner == r.objOwner && r.subName == r.objName)
        """;

    public static IEnumerable<(ObjectKind Kind, JsonObject Document)> All() =>
        [.. Of("user", "Built-in Model", "User Enforcer", "casbin_user_rule", UserModel), .. Of("api", "API Model", "API Enforcer", "casbin_api_rule", ApiModel)];

    private static IEnumerable<(ObjectKind Kind, JsonObject Document)> Of(string stem, string model, string enforcer, string table, string text) =>
    [
        (ModelKind.Kind, new JsonObject { ["owner"] = Organizations.BuiltIn, ["name"] = $"{stem}-model-built-in", ["displayName"] = model, ["modelText"] = text }),
        (AdapterKind.Kind, new JsonObject { ["owner"] = Organizations.BuiltIn, ["name"] = $"{stem}-adapter-built-in", ["table"] = table, ["useSameDb"] = true }),
        (EnforcerKind.Kind, new JsonObject
        {
            ["owner"] = Organizations.BuiltIn,
            ["name"] = $"{stem}-enforcer-built-in",
            ["displayName"] = enforcer,
            ["model"] = $"{Organizations.BuiltIn}/{stem}-model-built-in",
            ["adapter"] = $"{Organizations.BuiltIn}/{stem}-adapter-built-in",
        }),
    ];
}
