namespace Postern.Directory.Objects;

/// <summary>What all lists that are being answered at this moment hold in memory, in bytes.</summary>
public sealed class ListMemory
{
    /// <summary>Of all lists together.</summary>
    public const long Most = 128 * 1024 * 1024;

    /// <summary>Of those that callers without credentials ask for.</summary>
    public const long MostOfAnonymous = 8 * 1024 * 1024;

    private long taken;
    private long takenByAnonymous;

    internal bool TryTake(long bytes, bool isAnonymous)
    {
        if (isAnonymous && Interlocked.Add(ref takenByAnonymous, bytes) > MostOfAnonymous)
        {
            Interlocked.Add(ref takenByAnonymous, -bytes);
            return false;
        }

        if (Interlocked.Add(ref taken, bytes) <= Most)
        {
            return true;
        }

        GiveBack(bytes, isAnonymous);
        return false;
    }

    internal void GiveBack(long bytes, bool isAnonymous)
    {
        Interlocked.Add(ref taken, -bytes);
        if (isAnonymous)
        {
            Interlocked.Add(ref takenByAnonymous, -bytes);
        }
    }
}
