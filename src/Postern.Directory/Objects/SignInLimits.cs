using System.Text.Json.Nodes;
using Postern.Directory.Credentials;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>
/// What the gate of sign-ins could not read, or what would lock out the installation's administrators, is refused when it is written
/// (docs/sign-in-rules.md). An import is not asked: it takes what another server kept, and a list that cannot be read admits no address.
/// </summary>
public static class SignInLimits
{
    public static readonly LocalizedText RequiredOfBuiltIn = new(
        "second factors are not offered yet: a required one in mfaItems closes every sign-in by password, and the administrators of built-in have no other",
        "暂不支持二次验证：mfaItems 中的 Required 会关闭所有密码登录，而 built-in 的管理员没有其他登录方式");

    private static readonly HashSet<ObjectKind> WithAddresses = [UserKind.Kind, ApplicationKind.Kind, OrganizationKind.Kind];

    /// <param name="kind">The object's.</param>
    /// <param name="name">The object's.</param>
    /// <param name="document">The object, or what of it changes.</param>
    public static LocalizedText? Refuse(ObjectKind kind, string name, JsonObject document) =>
        WithAddresses.Contains(kind) && AddressList.Refuse(ObjectTarget.Text(document, "ipWhitelist")) is { } refusal ? refusal
        : kind == OrganizationKind.Kind && name == Organizations.BuiltIn && SecondFactors.Requires(document["mfaItems"]?.ToJsonString() ?? "") ? RequiredOfBuiltIn
        : null;
}
