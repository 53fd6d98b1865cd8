using System.Globalization;
using System.Text;

namespace Postern.Bench.Load;

/// <summary>What one connection does again and again.</summary>
public abstract class Exchange
{
    /// <summary>False where the answer was not good.</summary>
    /// <param name="connection">Its own.</param>
    /// <param name="person">The person that it is about; null where it is about none.</param>
    /// <param name="number">Never twice.</param>
    public abstract ValueTask<bool> RunAsync(HttpConnection connection, long person, long number);

    public static Exchange Of(LoadOrder order, int connection, string run) => order.Kind switch
    {
        LoadKind.MiniProgram => new MiniProgramExchange(new SignInRequest(order.Path, order.ClientId, run)),
        LoadKind.Same => new SameExchange(Encoding.ASCII.GetBytes(order.Text)),
        LoadKind.Numbered => new NumberedExchange(order.Text, run),
        LoadKind.Refresh => new RefreshExchange(order.ClientId, order.Seeds[connection]),
        _ => new CodeExchange(order.ClientId, order.Seeds[connection]),
    };

    protected static byte[] Post(string path, string body) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

    /// <summary>What stands between two texts; "" where they are not there.</summary>
    protected static string Between(ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var start = text.IndexOf(before);
        if (start < 0)
        {
            return "";
        }

        var rest = text[(start + before.Length)..];
        var end = rest.IndexOf(after);
        return end < 0 ? "" : Encoding.ASCII.GetString(rest[..end]);
    }
}

/// <summary>A Mini Program sign-in of another person each time.</summary>
internal sealed class MiniProgramExchange(SignInRequest request) : Exchange
{
    public override async ValueTask<bool> RunAsync(HttpConnection connection, long person, long number) =>
        await connection.AskAsync(request.Of(person, number)) == 200;
}

/// <summary>The same request each time.</summary>
internal sealed class SameExchange(byte[] request) : Exchange
{
    public override async ValueTask<bool> RunAsync(HttpConnection connection, long person, long number) => await connection.AskAsync(request) == 200;
}

/// <summary>A call of the object API about another user each time.</summary>
internal sealed class NumberedExchange(string text, string run) : Exchange
{
    private readonly string[] parts = text.Split("\r\n\r\n", 2);

    public override async ValueTask<bool> RunAsync(HttpConnection connection, long person, long number)
    {
        var (head, body) = (Fill(parts[0]), Fill(parts[1]));
        var length = body.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"\r\nContent-Length: {body.Length}") : "";
        // A refusal of this API is a 200 too.
        return await connection.AskAsync(Encoding.ASCII.GetBytes($"{head}{length}\r\n\r\n{body}")) == 200 && !connection.Body.StartsWith("{\"status\":\"error\""u8);

        string Fill(string part) => part
            .Replace("{user}", person.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{number}", string.Create(CultureInfo.InvariantCulture, $"{run}-{number}"), StringComparison.Ordinal);
    }
}

/// <summary>A refresh token becomes the next one.</summary>
internal sealed class RefreshExchange(string clientId, string first) : Exchange
{
    private string token = first;

    public override async ValueTask<bool> RunAsync(HttpConnection connection, long person, long number)
    {
        var status = await connection.AskAsync(Post("/api/login/oauth/access_token", $"grant_type=refresh_token&client_id={clientId}&refresh_token={token}"));
        token = Between(connection.Body, "\"refresh_token\":\""u8, "\""u8);
        return status == 200 && token.Length > 0;
    }
}

/// <summary>A signed-in browser is sent to the authorization endpoint and back, and its client redeems the code.</summary>
internal sealed class CodeExchange(string clientId, string cookie) : Exchange
{
    // RFC 7636, appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private readonly byte[] authorize = Encoding.ASCII.GetBytes(
        $"GET /login/oauth/authorize?response_type=code&client_id={clientId}&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb&scope=openid&state=s&nonce=n&code_challenge={Challenge}&code_challenge_method=S256 HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n");

    public override async ValueTask<bool> RunAsync(HttpConnection connection, long person, long number)
    {
        if (await connection.AskAsync(authorize) != 302)
        {
            return false;
        }

        var code = Between(connection.Head, "?code="u8, "&"u8);
        return await connection.AskAsync(Post("/api/login/oauth/access_token", $"grant_type=authorization_code&client_id={clientId}&code={code}&code_verifier={Verifier}")) == 200;
    }
}
