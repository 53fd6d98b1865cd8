using System.Globalization;
using System.Text;

namespace Postern.Bench.Load;

/// <summary>A Mini Program sign-in, encoded once: for each request only the digits of its code are written.</summary>
/// <remarks>The code is <c>u{person}-{number}-{run}</c>: WeChat's stand-in reads the person from it, and none comes twice.</remarks>
public sealed class SignInRequest
{
    private const int PersonDigits = 8;
    private const int NumberDigits = 10;
    private readonly byte[] bytes;
    private readonly int person;
    private readonly int number;

    public SignInRequest(string path, string clientId, string run)
    {
        var body = string.Create(CultureInfo.InvariantCulture, $"tag=wechat_miniprogram&client_id={clientId}&code=u{new string('0', PersonDigits)}-{new string('0', NumberDigits)}-{run}");
        var head = string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n");
        bytes = Encoding.ASCII.GetBytes(head + body);
        person = head.Length + body.IndexOf("&code=u", StringComparison.Ordinal) + "&code=u".Length;
        number = person + PersonDigits + 1;
    }

    /// <summary>Good until the next call.</summary>
    public ReadOnlyMemory<byte> Of(long person, long number)
    {
        Write(bytes.AsSpan(this.person, PersonDigits), person);
        Write(bytes.AsSpan(this.number, NumberDigits), number);
        return bytes;
    }

    private static void Write(Span<byte> digits, long value)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
