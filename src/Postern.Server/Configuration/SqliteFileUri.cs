using Microsoft.Data.Sqlite;

namespace Postern.Server.Configuration;

/// <summary>SQLite's <c>file:path?parameters</c> (sqlite.org/uri.html), with the parameters of Go's drivers that Casdoor's files may carry.</summary>
internal sealed record SqliteFileUri(string Path, SqliteOpenMode Mode)
{
    private const string Key = ConfigurationKeys.DataSourceName;

    /// <summary>Null after a refusal.</summary>
    public static SqliteFileUri? Read(SettingsReader settings, string text)
    {
        var rest = text["file:".Length..].Split('#')[0];
        var parts = rest.Split('?', 2);
        var path = Uri.UnescapeDataString(WithoutAuthority(parts[0]));
        var mode = SqliteOpenMode.ReadWriteCreate;
        var ignored = new List<string>();
        foreach (var parameter in (parts.ElementAtOrDefault(1) ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = parameter.Split('=', 2);
            switch (pair[0], pair.ElementAtOrDefault(1))
            {
                case ("cache", "shared" or "private") or ("mode", "rwc"):
                    break;
                case ("mode", "rw"):
                    mode = SqliteOpenMode.ReadWrite;
                    break;
                case ("mode", "memory"):
                    mode = SqliteOpenMode.Memory;
                    break;
                case (['_', ..], _):
                    ignored.Add(pair[0]);
                    break;
                default:
                    // Other parameters' values are not repeated: drivers of Go take passwords there.
                    var shown = pair[0] is "cache" or "mode" ? parameter : pair[0];
                    settings.RefuseWithoutValue(Key, $"{SettingsReader.Shown(shown)} is not a parameter it may have; allowed are "
                        + "cache=shared, cache=private, mode=rwc, mode=rw and mode=memory");
                    return null;
            }
        }
        if (path.Length == 0 && mode != SqliteOpenMode.Memory)
        {
            settings.RefuseWithoutValue(Key, "it must name a file, as in file:data/postern.db?cache=shared");
            return null;
        }
        if (ignored.Count > 0)
        {
            settings.Warn($"{Key}: Postern sets SQLite's pragmas itself and ignores {string.Join(", ", ignored)}.");
        }

        return new SqliteFileUri(path, mode);
    }

    private static string WithoutAuthority(string path)
    {
        if (!path.StartsWith("//", StringComparison.Ordinal))
        {
            return path;
        }

        var slash = path.IndexOf('/', 2);
        // file://data/x.db is meant as a relative path by everyone who writes it: only an empty or local authority is one.
        return slash >= 0 && path[2..slash] is "" or "localhost" ? path[slash..] : path[2..];
    }
}
