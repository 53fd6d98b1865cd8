using System.Security.Cryptography;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Objects;

/// <summary>The bytes of uploaded files: one file each, named by an id of ours. No text of a client is ever part of a path.</summary>
internal sealed class FileStore(CasdoorApiOptions options)
{
    public const string Route = "/files/";
    private const int IdLength = 32;

    /// <summary>128 random bits: who has not been told the address does not find it.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));

    public static bool IsId(string text) => text.Length == IdLength && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    public string AddressOf(string id, string extension) => $"{options.Origin}{Route}{id}{extension}";

    public string PathOf(string id) => IsId(id)
        ? Path.Combine(options.ResourceDirectory, id[..2], id)
        : throw new ArgumentException("not an id of a file", nameof(id));

    public FileStream Create(string id)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(PathOf(id))!);
        return new FileStream(PathOf(id), FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    public void Delete(string id) => File.Delete(PathOf(id));

    /// <summary>
    /// Takes from disk what no row names any more. After the commit: a file without a row is never served, a row without a
    /// file would be.
    /// </summary>
    public static async Task DeleteAsync(HttpContext context, IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            if (await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Files.FindAsync(c, id), CancellationToken.None) is null)
            {
                context.RequestServices.GetRequiredService<FileStore>().Delete(id);
            }
        }
    }
}
