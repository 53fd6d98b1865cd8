namespace Postern.Storage.Databases;

/// <summary>The server cannot start as it is set up. The message is the one sentence an operator reads; exit code 2.</summary>
public sealed class StartRefusedException : Exception
{
    public StartRefusedException()
    {
    }

    public StartRefusedException(string message) : base(message)
    {
    }

    public StartRefusedException(string message, Exception inner) : base(message, inner)
    {
    }
}
