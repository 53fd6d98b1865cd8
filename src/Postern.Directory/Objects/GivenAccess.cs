using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>Who may give an application the whole installation: a global administrator who is signed in, and a start's initDataFile.</summary>
public static class GivenAccess
{
    public static readonly LocalizedText Refusal = new(
        "apiAccess installation opens every organization: only a signed-in administrator of built-in gives it. Leave apiAccess at organization and ask one",
        "apiAccess 为 installation 时可访问所有组织，只有已登录的 built-in 管理员才能授予；请保留 organization 并联系该管理员");

    /// <summary>The sentence that refuses values which would be written, or null; unchanged access is not among them.</summary>
    public static LocalizedText? Refuse(ObjectKind kind, IReadOnlyDictionary<string, object?> values, Caller caller) =>
        kind == ObjectKinds.Application && values.GetValueOrDefault("api_access") is ApiAccess.Installation && !(caller is { User.IsGlobalAdmin: true, IsOfUnknownClient: false })
            ? Refusal
            : null;
}
