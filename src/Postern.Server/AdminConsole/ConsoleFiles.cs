using System.Collections.Frozen;

namespace Postern.Server.AdminConsole;

/// <summary>One file of the built console, as it is and compressed.</summary>
/// <param name="Path">On disk.</param>
/// <param name="ContentType">By its name.</param>
/// <param name="Brotli">The same compressed; null = not there.</param>
/// <param name="Gzip">The same compressed; null = not there.</param>
internal sealed record ConsoleFile(string Path, string ContentType, string? Brotli, string? Gzip);

/// <summary>The console's files as they are at the start: what a request names is looked up here and never on disk.</summary>
internal sealed class ConsoleFiles
{
    private static readonly Dictionary<string, string> ContentTypes = new()
    {
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".woff2"] = "font/woff2",
        [".json"] = "application/json",
    };

    private readonly FrozenDictionary<string, ConsoleFile> assets;

    /// <param name="folder">With <c>index.html</c> and <c>assets/</c>; may not be there.</param>
    public ConsoleFiles(string folder)
    {
        Index = IsIn(folder) ? File.ReadAllText(IndexOf(folder)) : null;
        var found = Index is null ? [] : System.IO.Directory.GetFiles(Path.Combine(folder, "assets"));
        var names = found.ToHashSet(StringComparer.Ordinal);
        assets = found.Where(file => ContentTypes.ContainsKey(Path.GetExtension(file))).ToFrozenDictionary(
            file => Path.GetFileName(file),
            file => new ConsoleFile(file, ContentTypes[Path.GetExtension(file)], Beside(names, file + ".br"), Beside(names, file + ".gz")),
            StringComparer.Ordinal);
    }

    /// <summary>The page with its placeholders; null = the console was not built.</summary>
    public string? Index { get; }

    /// <summary>Whether there is a built console.</summary>
    public static bool IsIn(string folder) => File.Exists(IndexOf(folder));

    public ConsoleFile? Find(string name) => assets.GetValueOrDefault(name);

    private static string IndexOf(string folder) => Path.Combine(folder, "index.html");

    private static string? Beside(HashSet<string> names, string file) => names.Contains(file) ? file : null;
}
