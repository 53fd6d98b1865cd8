namespace Postern.Tests.Fixtures;

/// <summary>Recorded answers of a running Casdoor, kept with the tests.</summary>
public static class Golden
{
    public static string Path(string file) => System.IO.Path.Combine(AppContext.BaseDirectory, "Golden", file);
}
