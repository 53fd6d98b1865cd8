namespace Postern.Storage.Databases;

/// <summary>
/// The database cannot serve this request now: gone, locked, full, or the write queue is full. Nothing was written.
/// The message is for the log; callers are answered 503.
/// </summary>
public sealed class StorageUnavailableException : Exception
{
    public StorageUnavailableException()
    {
    }

    public StorageUnavailableException(string message) : base(message)
    {
    }

    public StorageUnavailableException(string message, Exception inner) : base(message, inner)
    {
    }
}
