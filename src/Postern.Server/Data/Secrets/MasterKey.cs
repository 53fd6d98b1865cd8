using System.Security.Cryptography;
using System.Text;
using Postern.Server.Hosting;

namespace Postern.Server.Data.Secrets;

/// <summary>The key that is not in the database: 32 bytes that wrap the key ring, from POSTERN_MASTER_KEY or a file.</summary>
public sealed class MasterKey
{
    public const string Variable = "POSTERN_MASTER_KEY";
    private const int Length = 32;
    private readonly byte[] key;

    private MasterKey(byte[] key, string origin) => (this.key, Origin) = (key, origin);

    /// <summary>Where it came from, for the start's message: the variable or the file's path.</summary>
    public string Origin { get; }

    /// <summary>The key that is set up, or null where neither the variable nor the file exists.</summary>
    /// <exception cref="StartRefusedException">It is set up and is not 32 bytes in base64.</exception>
    public static MasterKey? Find(string file)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value)
        {
            return Parse(value, Variable);
        }

        return File.Exists(file) ? Parse(File.ReadAllText(file), file) : null;
    }

    /// <summary>Makes a key and the file that holds it, readable by its owner alone.</summary>
    public static MasterKey Create(string file)
    {
        var key = RandomNumberGenerator.GetBytes(Length);
        PrivateFile.Write(file, Convert.ToBase64String(key) + "\n");
        return new MasterKey(key, file);
    }

    public static MasterKey Parse(string base64, string origin)
    {
        var bytes = new byte[Length + 1];
        return Convert.TryFromBase64String(base64.Trim(), bytes, out var written) && written == Length
            ? new MasterKey(bytes[..Length], origin)
            : throw new StartRefusedException($"The master key in {origin} is not 32 bytes in base64: put back the key that this database was made with.");
    }

    /// <summary>Encrypts under this key; <paramref name="purpose"/> ties the result to its place.</summary>
    public string Wrap(string plaintext, string purpose)
    {
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var text = Encoding.UTF8.GetBytes(plaintext);
        var cipher = new byte[text.Length];
        var tag = new byte[AesGcm.TagByteSizes.MaxSize];
        using var gcm = new AesGcm(key, tag.Length);
        gcm.Encrypt(nonce, text, cipher, tag, Encoding.UTF8.GetBytes(purpose));
        return Convert.ToBase64String([.. nonce, .. tag, .. cipher]);
    }

    /// <summary>The plaintext, or null where another key wrapped it.</summary>
    public string? Unwrap(string wrapped, string purpose)
    {
        var bytes = Convert.FromBase64String(wrapped);
        var nonce = AesGcm.NonceByteSizes.MaxSize;
        var tag = AesGcm.TagByteSizes.MaxSize;
        var text = new byte[bytes.Length - nonce - tag];
        using var gcm = new AesGcm(key, tag);
        try
        {
            gcm.Decrypt(bytes.AsSpan(0, nonce), bytes.AsSpan(nonce + tag), bytes.AsSpan(nonce, tag), text, Encoding.UTF8.GetBytes(purpose));
            return Encoding.UTF8.GetString(text);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
