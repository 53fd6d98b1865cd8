using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Postern.Tests.Fixtures;

/// <summary>A key of a client, and JWTs that it signs: written out by hand, so that wrong ones can be made too.</summary>
internal sealed class ClientKey : IDisposable
{
    private readonly ECDsa? ec;
    private readonly RSA? rsa;
    private readonly Ed25519PrivateKeyParameters? edwards;

    private ClientKey(ECDsa? ec, RSA? rsa, Ed25519PrivateKeyParameters? edwards = null) => (this.ec, this.rsa, this.edwards) = (ec, rsa, edwards);

    public static ClientKey NewEc() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), null);

    public static ClientKey NewRsa(int bits = 2048) => new(null, RSA.Create(bits));

    /// <summary>An RSA key that signs with PS256.</summary>
    public static ClientKey NewPss(int bits = 2048) => new(null, RSA.Create(bits)) { Algorithm = "PS256" };

    public static ClientKey NewEd25519() => new(null, null, new Ed25519PrivateKeyParameters(RandomNumberGenerator.GetBytes(32))) { Algorithm = "EdDSA" };

    /// <summary>The same key, signing by another algorithm.</summary>
    public ClientKey With(string algorithm) => new(ec, rsa, edwards) { Algorithm = algorithm };

    public static ClientKey OfPem(string privateKey)
    {
        var key = RSA.Create();
        key.ImportFromPem(privateKey);
        return new(null, key);
    }

    public string Algorithm { get => field ?? (ec is null ? "RS256" : "ES256"); private init; }

    public JsonObject Jwk(bool withPrivate = false)
    {
        if (ec is not null)
        {
            var key = ec.ExportParameters(withPrivate);
            var jwk = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Text(key.Q.X!), ["y"] = Text(key.Q.Y!) };
            if (withPrivate)
            {
                jwk["d"] = Text(key.D!);
            }

            return jwk;
        }

        if (edwards is not null)
        {
            return new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = Text(edwards.GeneratePublicKey().GetEncoded()) };
        }

        var numbers = rsa!.ExportParameters(withPrivate);
        var made = new JsonObject { ["kty"] = "RSA", ["n"] = Text(numbers.Modulus!), ["e"] = Text(numbers.Exponent!) };
        if (withPrivate)
        {
            made["d"] = Text(numbers.D!);
        }

        return made;
    }

    public string Jwks(string? kid = null)
    {
        var jwk = Jwk();
        if (kid is not null)
        {
            jwk["kid"] = kid;
        }

        return new JsonObject { ["keys"] = new JsonArray(jwk) }.ToJsonString();
    }

    /// <summary>RFC 7638: the required members in the order of the alphabet.</summary>
    public string Thumbprint()
    {
        var jwk = Jwk();
        var members = jwk.Select(m => m.Key).Order(StringComparer.Ordinal).Select(name => $"\"{name}\":\"{jwk[name]}\"");
        return Text(SHA256.HashData(Encoding.UTF8.GetBytes("{" + string.Join(',', members) + "}")));
    }

    public string Sign(JsonObject header, JsonObject payload) => Sign(header.ToJsonString(), payload.ToJsonString());

    /// <summary>Of texts that need not be JSON.</summary>
    public string Sign(string header, string payload)
    {
        var signed = Encode(header) + "." + Encode(payload);
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = ec is not null ? ec.SignData(bytes, HashAlgorithmName.SHA256)
            : rsa is not null ? rsa.SignData(bytes, HashAlgorithmName.SHA256, Algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : SignEdwards(bytes);
        return signed + "." + Text(signature);
    }

    /// <summary>A MAC in the place of a signature: what a verifier takes that believes the header.</summary>
    public static string Mac(JsonObject header, JsonObject payload, byte[] secret)
    {
        var signed = Encode(header) + "." + Encode(payload);
        return signed + "." + Text(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)));
    }

    public static string Unsigned(JsonObject header, JsonObject payload) => Encode(header) + "." + Encode(payload) + ".";

    public byte[] PublicPem() => Encoding.ASCII.GetBytes(rsa!.ExportSubjectPublicKeyInfoPem());

    public void Dispose()
    {
        ec?.Dispose();
        rsa?.Dispose();
    }

    private byte[] SignEdwards(byte[] bytes)
    {
        var signer = new Ed25519Signer();
        signer.Init(true, edwards!);
        signer.BlockUpdate(bytes, 0, bytes.Length);
        return signer.GenerateSignature();
    }

    public static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static string Encode(JsonObject json) => Encode(json.ToJsonString());

    private static string Encode(string text) => Text(Encoding.UTF8.GetBytes(text));
}
