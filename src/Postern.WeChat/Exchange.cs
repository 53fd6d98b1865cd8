using System.Buffers;
using System.Net;

namespace Postern.WeChat;

/// <summary>How one HTTP exchange ended.</summary>
internal enum Ending
{
    Answered,

    /// <summary>Nothing left this machine: trying again cannot spend a code twice.</summary>
    NotSent,

    TimedOut,
    Broken,
    WrongStatus,
    TooLarge,
    Garbled,
}

internal static class Exchange
{
    /// <summary>Sends, and reads the whole body before <paramref name="deadline"/>; the content type is never looked at, because WeChat's is wrong.</summary>
    public static async Task<(Ending Ending, Answer Answer)> RunAsync(
        HttpClient http, HttpRequestMessage request, int largest, CancellationToken deadline)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return (Ending.WrongStatus, default);
            }

            if (response.Content.Headers.ContentLength > largest)
            {
                return (Ending.TooLarge, default);
            }

            using var body = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
            return await ReadAsync(body, largest, deadline).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return (Ending.NotSent, default);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            return (Ending.Broken, default);
        }
        catch (OperationCanceledException)
        {
            return (Ending.TimedOut, default);
        }
    }

    private static async Task<(Ending, Answer)> ReadAsync(Stream body, int largest, CancellationToken deadline)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(buffer.AsMemory(length), deadline).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                length += read;
                if (length > largest)
                {
                    return (Ending.TooLarge, default);
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }
            }

            return Answer.TryRead(buffer.AsSpan(0, length), out var answer) ? (Ending.Answered, answer) : (Ending.Garbled, default);
        }
        finally
        {
            Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        Return(buffer);
        return larger;
    }

    // The next renter must not find a session key in it.
    private static void Return(byte[] buffer) => ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
}
