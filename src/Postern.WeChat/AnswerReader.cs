using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Postern.WeChat;

/// <summary>Thrown where an answer cannot be taken for one of WeChat's; the message is for a log and quotes nothing of it.</summary>
internal sealed class BadAnswerException(string message) : Exception(message);

/// <summary>
/// Reads an answer as bytes, with a cap on size and depth, whatever its content type says: <c>/sns/*</c> answers JSON as
/// <c>text/plain</c>.
/// </summary>
internal static class AnswerReader
{
    private const int LargestAnswer = 64 * 1024;
    private const int DeepestJson = 16;
    private static readonly SearchValues<char> RidCharacters = SearchValues.Create("0123456789abcdef-");

    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentLength > LargestAnswer)
        {
            throw new BadAnswerException("the answer is too large");
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(LargestAnswer + 1);
        try
        {
            var length = 0;
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(length, LargestAnswer + 1 - length), cancel).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (length > LargestAnswer)
                {
                    throw new BadAnswerException("the answer is too large");
                }
            }

            return buffer[..length];
        }
        finally
        {
            // It may hold a session_key.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>The scalars of the answer's object as text; a missing errcode is simply absent.</summary>
    public static Dictionary<string, string> Scalars(ReadOnlyMemory<byte> answer)
    {
        if (answer.Span.StartsWith("\uFEFF"u8))
        {
            answer = answer[3..];
        }

        try
        {
            using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = DeepestJson });
            var scalars = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var value = property.Value.ValueKind switch
                {
                    JsonValueKind.String => property.Value.GetString(),
                    JsonValueKind.Number => property.Value.GetRawText(),
                    _ => null,
                };
                if (value is not null)
                {
                    scalars[property.Name] = value;
                }
            }

            return scalars;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new BadAnswerException("the answer is not a JSON object");
        }
    }

    /// <summary>0 where there is none (section 0.3); text and number alike.</summary>
    public static int ErrCode(Dictionary<string, string> scalars) =>
        !scalars.TryGetValue("errcode", out var text) ? 0
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code) ? code
        : throw new BadAnswerException("the errcode is not a number");

    /// <summary>WeChat's name for the request, which its support asks for.</summary>
    public static string? Rid(Dictionary<string, string> scalars)
    {
        const string mark = "rid: ";
        if (!scalars.TryGetValue("errmsg", out var message) || message.IndexOf(mark, StringComparison.Ordinal) is not (>= 0 and var at))
        {
            return null;
        }

        var rid = message.AsSpan(at + mark.Length).Trim();
        return rid.Length is > 0 and <= 40 && !rid.ContainsAnyExcept(RidCharacters) ? rid.ToString() : null;
    }
}
