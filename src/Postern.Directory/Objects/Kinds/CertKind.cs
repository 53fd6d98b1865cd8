using System.Text.Json.Nodes;
using Postern.Directory.Certificates;
using Postern.Protocol;
using Postern.Storage.Secrets;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Cert: its name is unique over all owners and is the <c>kid</c> (docs/design/tokens-and-refresh.md).</summary>
public static class CertKind
{
    private static readonly string[] OfKey = ["certificate", "privateKey", "cryptoAlgorithm", "type"];

    public static readonly ObjectKind Kind = new("cert", "certs", "certs")
    {
        Type = "Cert",
        Shape = new(
            """
            owner N, name N, createdTime S, displayName S, scope S, type S, cryptoAlgorithm S, bitSize I(0..65536), expireInYears I(0..100),
            expireTime S, domainExpireTime S, provider S, account S, accessKey S, accessSecret S(8000), certificate T, privateKey T
            """),
        KeptOnly = ObjectShape.Words("domainExpireTime provider account accessKey accessSecret"),
        Columns =
        [
            new("owner", "owner"), new("name", "name"), new("createdTime", "created_time", ColumnType.Time),
            new("displayName", "display_name"), new("scope", "scope"), new("type", "type"), new("cryptoAlgorithm", "crypto_algorithm"),
            new("bitSize", "bit_size", ColumnType.Whole), new("expireInYears", "expire_in_years", ColumnType.Whole),
            new("certificate", "certificate"),
        ],
        Secrets = [new("accessSecret", SecretColumn.CertAccessSecret), new("privateKey", SecretColumn.CertPrivateKey)],
        // Libraries send what they do not know of a key as nothing.
        KeptWhereEmpty = new HashSet<string>(OfKey),
        Complete = Complete,
        JudgeChange = JudgeChange,
    };

    /// <summary>A key that signs for the installation: its certificate is in the JWKS, so every administrator and application may read it.</summary>
    public static bool IsPublished(StoredObject stored) => stored.Kind == Kind && stored.Owner == "admin" && stored.Text("type") == "x509";

    public static JsonObject PublicPart(JsonObject shown)
    {
        foreach (var property in (ReadOnlySpan<string>)["provider", "account", "accessKey", "accessSecret", "privateKey"])
        {
            shown[property] = "";
        }

        return shown;
    }

    private static LocalizedText? Complete(JsonObject document, TimeProvider clock)
    {
        return PublishedKeys.Hold(document) ? PublishedKeys.Refusal : FillKey(document, clock) ?? CertNames.RefuseAddition(document);
    }

    private static LocalizedText? FillKey(JsonObject document, TimeProvider clock)
    {
        document.TryAdd("scope", "JWT");
        document.TryAdd("type", "x509");
        if (Text(document, "type") != "x509")
        {
            return null;
        }

        document.TryAdd("cryptoAlgorithm", SigningAlgorithms.Rs256.Name);
        document.TryAdd("bitSize", NewCert.RsaBits);
        document.TryAdd("expireInYears", NewCert.Years);
        return (Text(document, "certificate").Length > 0, Text(document, "privateKey").Length > 0) switch
        {
            (true, true) => KeyPairs.Refuse(document),
            (false, false) => KeyPairs.Generate(document, clock),
            _ => new LocalizedText(
                "certificate and privateKey must be given together, or neither, and then they are made",
                "certificate 与 privateKey 必须同时提供；都不提供时由系统生成"),
        };
    }

    // A key that has signed is never replaced under its name: those who hold the old one by its kid would refuse good
    // tokens, or accept what they should not.
    private static LocalizedText? JudgeChange(JsonObject shown, JsonObject changes)
    {
        if (PublishedKeys.Hold(changes))
        {
            return PublishedKeys.Refusal;
        }

        if (changes.ContainsKey("name"))
        {
            return new LocalizedText(
                "a cert's name is the kid of the tokens that it signed and cannot be changed: add a cert of the other name",
                "证书的 name 是其签名令牌的 kid，不能修改：请用新名称添加证书");
        }

        if (changes.ContainsKey("owner") && CertNames.IsInstallations(Text(shown, "name")))
        {
            var name = Text(shown, "name");
            return new LocalizedText($"{name} is the installation's own cert and stays admin's", $"{name} 是系统自己的证书，必须属于 admin");
        }

        foreach (var property in OfKey)
        {
            if (changes.ContainsKey(property) && (Text(shown, "privateKey").Length > 0 || Text(shown, "certificate").Length > 0))
            {
                return new LocalizedText(
                    $"the {property} of a cert that has a key cannot be changed: add a cert of another name and give it to the application",
                    $"已有密钥的证书不能修改 {property}：请用其他名称添加证书，并指定给应用");
            }
        }

        return null;
    }

    private static string Text(JsonObject document, string property) => document[property]?.GetValue<string>() ?? "";
}
