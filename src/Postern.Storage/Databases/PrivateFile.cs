namespace Postern.Storage.Databases;

/// <summary>A file that only its owner can read, from its first byte on.</summary>
public static class PrivateFile
{
    public static void Write(string path, string text)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            CreateFolder(folder);
        }

        using var writer = new StreamWriter(path, ForOwner());
        writer.Write(text);
        writer.Flush();
        ((FileStream)writer.BaseStream).Flush(flushToDisk: true);
    }

    /// <summary>Creates the missing parts of a folder path, accessible only to the owner. A folder that exists is the operator's and is not changed.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(folder);
        }
        else
        {
            System.IO.Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Creates an empty file where none exists. If that fails, the next code that opens the file reports the error.</summary>
    public static void Touch(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        try
        {
            using var made = new FileStream(path, ForOwner());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process created it first, or permission is missing: the database's own error message says which.
        }
    }

    /// <summary>Whether others than its owner can read a file.</summary>
    public static bool IsReadByOthers(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    private static FileStreamOptions ForOwner()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
