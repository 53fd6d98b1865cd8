using Postern.Storage.Databases;

namespace Postern.Server.Commands;

/// <summary>The one sentence that an operator reads where the process cannot do what it was asked.</summary>
internal static class Refusal
{
    public const int ExitCode = 2;

    /// <summary>Null where it is a mistake of ours, whose stack trace must be seen.</summary>
    public static string? SentenceOf(Exception e, string database) => e switch
    {
        StartRefusedException => e.Message,
        StorageUnavailableException => OfDatabase(e, database),
        _ when StorageFailure.IsOne(e) => OfDatabase(e, database),
        UnauthorizedAccessException or IOException => $"A file or folder cannot be used: {e.Message}",
        _ => null,
    };

    private static string OfDatabase(Exception e, string database) => $"The database ({database}) cannot be used: {StorageFailure.Describe(e)}.";
}
