using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Bench.Baselines;

/// <summary>Signs an access token and an id_token straight with the platform's cryptography: nothing that a server adds.</summary>
public sealed class TokenSigner : IDisposable
{
    private readonly AsymmetricAlgorithm key;
    private readonly Func<byte[], byte[]> sign;
    private readonly byte[] header;
    private readonly (byte[] Access, byte[] Identity) payloads;

    private TokenSigner(AsymmetricAlgorithm key, Func<byte[], byte[]> sign, string algorithm, (string Access, string Identity) payloads)
    {
        (this.key, this.sign) = (key, sign);
        header = Encoding.ASCII.GetBytes($$"""{"alg":"{{algorithm}}","kid":"cert-built-in","typ":"JWT"}""");
        this.payloads = (Encoding.UTF8.GetBytes(payloads.Access), Encoding.UTF8.GetBytes(payloads.Identity));
    }

    public static TokenSigner Rs256((string Access, string Identity) payloads)
    {
        var rsa = RSA.Create(2048);
        return new TokenSigner(rsa, data => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), "RS256", payloads);
    }

    public static TokenSigner Es256((string Access, string Identity) payloads)
    {
        var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new TokenSigner(ec, data => ec.SignData(data, HashAlgorithmName.SHA256), "ES256", payloads);
    }

    /// <summary>A token answer (RFC 6749 §5.1) with two tokens signed for it.</summary>
    public byte[] Answer() => Encoding.ASCII.GetBytes(
        $$"""{"access_token":"{{Sign(payloads.Access)}}","id_token":"{{Sign(payloads.Identity)}}","refresh_token":"{{new string('r', 80)}}","token_type":"Bearer","expires_in":7200,"scope":""}""");

    public void Dispose() => key.Dispose();

    private string Sign(byte[] payload)
    {
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }
}
