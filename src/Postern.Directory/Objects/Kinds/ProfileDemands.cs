using System.Text.Json.Nodes;
using Postern.Directory.Certificates;
using Postern.Protocol;

namespace Postern.Directory.Objects.Kinds;

/// <summary>One thing that a strict profile demands of an application's own settings.</summary>
/// <param name="Name">For the diagnosis; the console has its own words for it.</param>
/// <param name="IsMet">By an application as it is shown.</param>
/// <param name="Met">What is said where it is met.</param>
/// <param name="Refusal">What is said where it is not, with what to do.</param>
public sealed record ProfileDemand(string Name, Func<JsonObject, SecurityProfile, bool> IsMet, LocalizedText Met, LocalizedText Refusal);

/// <summary>What the FAPI 2.0 Security Profile demands of an application's settings: refused when it is written, and looked at by the diagnosis.</summary>
public static class ProfileDemands
{
    public static readonly LocalizedText Unknown = new("securityProfile must be empty or fapi2", "securityProfile 只能留空或为 fapi2");

    public static readonly IReadOnlyList<ProfileDemand> All =
    [
        new("clientAuthentication", (a, _) => Text(a, "tokenEndpointAuthMethod") == ClientSecretRule.PrivateKeyJwt,
            new("The client authenticates by private_key_jwt.", "客户端使用 private_key_jwt 认证。"),
            new("securityProfile fapi2 needs tokenEndpointAuthMethod private_key_jwt: set it, and the client's public keys", "securityProfile 为 fapi2 时，tokenEndpointAuthMethod 必须是 private_key_jwt：请设置它以及客户端公钥")),
        new("clientKeys", HasKeys,
            new("The client's public keys are known.", "已设置客户端公钥。"),
            new("securityProfile fapi2 needs the client's public keys for PS256, ES256 or EdDSA: set jwks, jwksUri or clientCert", "securityProfile 为 fapi2 时需要客户端的 PS256、ES256 或 EdDSA 公钥：请设置 jwks、jwksUri 或 clientCert")),
        new("redirectUris", (a, profile) => Texts(a, "redirectUris").All(profile.MayRedirectTo),
            new("Redirect addresses are https, or http of a loopback address.", "重定向地址均为 https，或回环地址上的 http。"),
            new("securityProfile fapi2 needs redirectUris of https, or http of 127.0.0.1 or [::1]: change or remove the others", "securityProfile 为 fapi2 时，redirectUris 必须是 https，或 127.0.0.1、[::1] 上的 http：请修改或删除其他地址")),
        new("grantTypes", (a, profile) => Texts(a, "grantTypes").All(profile.Serves),
            new("Only grant types of the profile are listed.", "仅列出该规范允许的授权类型。"),
            new("securityProfile fapi2 has the grantTypes authorization_code, refresh_token and client_credentials alone: remove the others", "securityProfile 为 fapi2 时，grantTypes 只能是 authorization_code、refresh_token 和 client_credentials：请删除其他类型")),
        new("tokenSigning", (a, profile) => Text(a, "tokenSigningMethod") is var method && (method.Length == 0 || profile.SigningAlgorithm(method).Name == method),
            new("Tokens are signed with an algorithm of the profile.", "令牌使用该规范允许的算法签名。"),
            new("securityProfile fapi2 needs tokenSigningMethod PS256 or ES256, or none for PS256: change it", "securityProfile 为 fapi2 时，tokenSigningMethod 只能是 PS256、ES256 或留空（即 PS256）：请修改")),
    ];

    private static readonly string[] Judged =
        ["securityProfile", "tokenEndpointAuthMethod", "clientCert", "jwksUri", "jwks", "redirectUris", "grantTypes", "tokenSigningMethod"];

    /// <summary>Why an application cannot be written so, or null. A change that touches none of this is not judged.</summary>
    /// <param name="shown">As it is; empty for a new one.</param>
    /// <param name="changes">What is written.</param>
    public static LocalizedText? Refuse(JsonObject shown, JsonObject changes)
    {
        if (!Judged.Any(changes.ContainsKey))
        {
            return null;
        }

        JsonNode? Value(string property) => changes.TryGetPropertyValue(property, out var changed) ? changed : shown[property];
        var application = new JsonObject(Judged.Select(p => KeyValuePair.Create(p, Value(p)?.DeepClone())));
        if (changes.ContainsKey("jwks") && ClientKeySet.RefuseSet(Text(changes, "jwks")) is { } wrongKeys)
        {
            return wrongKeys;
        }

        return SecurityProfile.Find(Text(application, "securityProfile")) is not { } profile ? Unknown
            : profile == SecurityProfile.Usual ? null
            : All.FirstOrDefault(demand => !demand.IsMet(application, profile))?.Refusal;
    }

    private static bool HasKeys(JsonObject application, SecurityProfile profile) =>
        Text(application, "clientCert").Length > 0 || Text(application, "jwksUri").Length > 0 || ClientKeySet.CanSign(Text(application, "jwks"), profile);

    private static string Text(JsonObject application, string property) => application[property]?.GetValue<string>() ?? "";

    private static IEnumerable<string> Texts(JsonObject application, string property) =>
        (application[property] as JsonArray ?? []).Select(text => text?.GetValue<string>() ?? "");
}
