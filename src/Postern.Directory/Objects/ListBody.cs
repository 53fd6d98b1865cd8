using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Storage.Databases;

namespace Postern.Directory.Objects;

/// <summary>
/// The objects of one list as JSON, written while its rows are read: a few objects are held as such, the rest as bytes, and none of
/// it beyond a budget. Whether the list is whole is known before its first byte is sent, so no answer is a part that looks whole.
/// </summary>
public sealed class ListBody(ListMemory memory, bool isAnonymous = false) : IDisposable
{
    /// <summary>The most bytes of one list: ten thousand ordinary users fit.</summary>
    public const int MostBytes = 48 * 1024 * 1024;

    /// <summary>The most bytes of one list for a caller without credentials.</summary>
    public const int MostAnonymousBytes = 4 * 1024 * 1024;

    // Below the size from which on the collector moves nothing.
    private const int SegmentBytes = 64 * 1024;

    private const int LargestScratch = 1024 * 1024;

    private static readonly JsonWriterOptions Plain = new() { Encoder = KeptJson.Options.Encoder, SkipValidation = true };

    private readonly List<(byte[] Buffer, int Length)> segments = [];
    // A writer asks for several times what it writes, so one object is written here first.
    private ArrayBufferWriter<byte> scratch = new(4096);
    private long taken;
    private long rows;

    /// <summary>How many objects it has.</summary>
    public int Count { get; private set; }

    public long Length { get; private set; }

    /// <summary>Why it cannot be answered; null where it can.</summary>
    public LocalizedText? Refusal { get; private set; }

    private int Most => isAnonymous ? MostAnonymousBytes : MostBytes;

    /// <summary>Counts a row that is held until its object is written; false where that is too much.</summary>
    public bool Hold(long characters) => Refusal is null && ((rows += characters) <= Most ? Take(2 * characters) : RefuseSize());

    /// <summary>The rows are objects now.</summary>
    public void LetGo(long characters)
    {
        rows -= characters;
        taken -= 2 * characters;
        memory.GiveBack(2 * characters, isAnonymous);
    }

    /// <summary>Writes one object; false where the list is too large.</summary>
    public bool Add(JsonObject item)
    {
        if (Refusal is not null)
        {
            return false;
        }

        scratch.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(scratch, Plain))
        {
            item.WriteTo(writer, KeptJson.Options);
        }

        if (Length + scratch.WrittenCount > Most)
        {
            return RefuseSize();
        }

        Count++;
        if ((Count > 1 && !Append(","u8)) || !Append(scratch.WrittenSpan))
        {
            return false;
        }

        if (scratch.Capacity > LargestScratch)
        {
            scratch = new(SegmentBytes);
        }

        return true;
    }

    /// <summary>Begins anew: what a lost connection had given is read again.</summary>
    public void Clear()
    {
        foreach (var (buffer, _) in segments)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        segments.Clear();
        memory.GiveBack(taken, isAnonymous);
        (taken, rows, Count, Length, Refusal) = (0, 0, 0, 0, null);
    }

    public void Dispose() => Clear();

    public async Task WriteToAsync(Stream stream, CancellationToken cancel)
    {
        foreach (var (buffer, length) in segments)
        {
            await stream.WriteAsync(buffer.AsMemory(0, length), cancel);
        }
    }

    private bool Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (segments.Count == 0 || segments[^1].Length == segments[^1].Buffer.Length)
            {
                if (!Take(SegmentBytes))
                {
                    return false;
                }

                segments.Add((ArrayPool<byte>.Shared.Rent(SegmentBytes), 0));
            }

            var (buffer, length) = segments[^1];
            var some = bytes[..Math.Min(bytes.Length, buffer.Length - length)];
            some.CopyTo(buffer.AsSpan(length));
            segments[^1] = (buffer, length + some.Length);
            Length += some.Length;
            bytes = bytes[some.Length..];
        }

        return true;
    }

    private bool Take(long bytes)
    {
        if (memory.TryTake(bytes, isAnonymous))
        {
            taken += bytes;
            return true;
        }

        Refusal = new LocalizedText(
            "other large lists are being answered: try again in a few seconds, or ask for smaller pages, with p and pageSize",
            "正在返回其他较大的列表，请几秒后重试，或用 p 和 pageSize 分页查询");
        return false;
    }

    private bool RefuseSize()
    {
        Refusal = new LocalizedText(
            $"the list is larger than {Most / 1024 / 1024} MB: ask for it in smaller pages, with p and pageSize",
            $"列表大于 {Most / 1024 / 1024} MB，请用 p 和 pageSize 分页查询，每页少一些");
        return false;
    }
}
