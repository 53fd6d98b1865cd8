namespace Postern.Directory.Credentials;

/// <summary>More work of one kind waits than can be done in time: refused at once with 503, before anything was done.</summary>
public sealed class OverloadedException : Exception
{
    public OverloadedException()
    {
    }

    public OverloadedException(string message) : base(message)
    {
    }

    public OverloadedException(string message, Exception inner) : base(message, inner)
    {
    }
}
