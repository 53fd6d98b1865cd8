using Postern.Directory.Credentials;

namespace Postern.AuthorizationServer.Http.Inputs;

/// <summary>
/// What the bodies that are being read and served may hold together, beyond the first 16 KB of each. Taken as bytes arrive, not
/// as they are announced, and given back when the request ends.
/// </summary>
public sealed class BodiesInFlight
{
    /// <summary>What each may hold uncounted: a sign-in has less than one.</summary>
    public const int Uncounted = 16 * 1024;

    private const long Most = 32L * 1024 * 1024;
    private long held;

    /// <exception cref="OverloadedException">Other requests hold all of it.</exception>
    public IDisposable Take(int bytes)
    {
        if (Interlocked.Add(ref held, bytes) > Most)
        {
            Interlocked.Add(ref held, -bytes);
            throw new OverloadedException("the bodies of other requests hold the memory that bodies may hold");
        }

        return new Share(this, bytes);
    }

    private sealed class Share(BodiesInFlight bodies, int bytes) : IDisposable
    {
        private int held = bytes;

        public void Dispose() => Interlocked.Add(ref bodies.held, -Interlocked.Exchange(ref held, 0));
    }
}
