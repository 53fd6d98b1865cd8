using System.Security.Cryptography;
using System.Text;
using Postern.Storage.Databases;

namespace Postern.Storage.Keys;

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
    /// <param name="file">Where <c>masterKeyFile</c> points.</param>
    /// <param name="isNew">No database was made with it yet.</param>
    /// <exception cref="StartRefusedException">It is set up and is not 32 bytes in base64, or cannot be read.</exception>
    public static MasterKey? Find(string file, bool isNew)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value)
        {
            return Parse(value, Variable, isNew);
        }

        if (System.IO.Directory.Exists(file))
        {
            throw Refused(file, "it must name a file, and this is a folder");
        }

        try
        {
            return File.Exists(file) ? Parse(File.ReadAllText(file), file, isNew) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(file, "it must name a file that this user may read", e);
        }
    }

    /// <summary>Makes a key and the file that holds it, readable by its owner alone.</summary>
    /// <exception cref="StartRefusedException">The file cannot be made.</exception>
    public static MasterKey Create(string file)
    {
        var key = RandomNumberGenerator.GetBytes(Length);
        try
        {
            PrivateFile.Write(file, Convert.ToBase64String(key) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(file, "it must name a file that this user may make", e);
        }

        return new MasterKey(key, file);
    }

    /// <param name="base64">The key as it is stated; never repeated.</param>
    /// <param name="origin">Where it stands.</param>
    /// <param name="isNew">No database was made with it yet, so there is none to put back.</param>
    public static MasterKey Parse(string base64, string origin, bool isNew)
    {
        var bytes = new byte[Length + 1];
        return Convert.TryFromBase64String(base64.Trim(), bytes, out var written) && written == Length
            ? new MasterKey(bytes[..Length], origin)
            : throw new StartRefusedException($"The master key in {origin} is refused: it must be 32 random bytes in base64, "
                + (isNew ? "as openssl rand -base64 32 makes them." : "those that this database was made with; put them back."));
    }

    private static StartRefusedException Refused(string file, string allowed, Exception? cause = null) =>
        new($"masterKeyFile = {file} is refused: {allowed}.", cause!);

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
