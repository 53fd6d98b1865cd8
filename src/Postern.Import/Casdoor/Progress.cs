using System.Globalization;

namespace Postern.Import.Casdoor;

/// <summary>How far a section has come: one line that is rewritten on a terminal, else a line now and then.</summary>
public sealed class Progress(TextWriter output, bool isTerminal, TimeProvider clock)
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private (string Name, long Total, long Done) part = ("", 0, 0);
    private string section = "";
    private long total;
    private long done;
    private DateTimeOffset begun;
    private DateTimeOffset shown;
    private int width;

    public void Begin(string name, long count)
    {
        (section, total, done) = (name, count, 0);
        begun = shown = clock.GetUtcNow();
    }

    public void Advance(long count)
    {
        done += count;
        var now = clock.GetUtcNow();
        if (now - shown >= (isTerminal ? OnTerminal : Elsewhere))
        {
            shown = now;
            Write(Line((now - begun).TotalSeconds));
        }
    }

    /// <summary>What takes long within a page of the section.</summary>
    public void BeginPart(string name, long count) => part = (name, count, 0);

    /// <summary>By one; many threads may call it.</summary>
    public void AdvancePart()
    {
        lock (gate)
        {
            part.Done++;
            var now = clock.GetUtcNow();
            if (now - shown >= (isTerminal ? OnTerminal : Elsewhere))
            {
                shown = now;
                Write(string.Create(CultureInfo.InvariantCulture, $"{Line((now - begun).TotalSeconds)}, {part.Name}: {part.Done:N0} of {part.Total:N0}"));
            }
        }
    }

    /// <summary>Makes way for what comes after it.</summary>
    public void End()
    {
        if (isTerminal && width > 0)
        {
            output.Write('\r' + new string(' ', width) + '\r');
            width = 0;
        }
    }

    private string Line(double seconds)
    {
        var rate = seconds > 0 ? done / seconds : 0;
        // A live source may have grown since it was counted.
        var percent = total > 0 ? Math.Min(100, done * 100 / total) : 100;
        return string.Create(CultureInfo.InvariantCulture, $"{section}: {done:N0} of {Math.Max(total, done):N0} ({percent} %), {rate:N0}/s");
    }

    private void Write(string line)
    {
        if (!isTerminal)
        {
            output.WriteLine(line);
            return;
        }

        output.Write('\r' + line.PadRight(width));
        output.Flush();
        width = line.Length;
    }
}
