using System.Text;

namespace Postern.WeChat.Sandbox;

/// <summary>Answers that are wrong on purpose.</summary>
internal static class FaultyAnswers
{
    private const int Huge = 8 * 1024 * 1024;

    public static async Task WriteAsync(HttpContext context, World world, Fault fault, string right)
    {
        var response = context.Response;
        response.StatusCode = fault.Status ?? response.StatusCode;
        if (fault.Body == "redirect")
        {
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers.Location = "http://127.0.0.1:9/elsewhere";
        }

        var body = Body(fault.Body, right);
        if (fault.Cut == "middle")
        {
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
            await response.Body.FlushAsync();
            context.Abort();
        }
        else if (fault.Drip)
        {
            response.ContentLength = body.Length;
            foreach (var one in body)
            {
                await response.Body.WriteAsync(new[] { one }, context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(TimeSpan.FromSeconds(1), world.Clock, context.RequestAborted);
            }
        }
        else
        {
            await WeChatRoutes.WriteAsync(context, body);
        }
    }

    private static byte[] Body(string? kind, string right) => kind switch
    {
        "empty" => [],
        "truncated" => Encoding.UTF8.GetBytes(right[..(right.Length / 2)]),
        "html" => Encoding.UTF8.GetBytes("<html><body><h1>502 Bad Gateway</h1></body></html>"),
        "garbled" => [0xff, 0xfe, 0x7b, 0x22, 0x80],
        "huge" => Encoding.UTF8.GetBytes("{\"openid\":\"" + new string('x', Huge) + "\"}"),
        "deep" => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000)),
        "array" => "[]"u8.ToArray(),
        "noopenid" => Encoding.UTF8.GetBytes("{\"session_key\":\"" + Convert.ToBase64String(new byte[16]) + "\"}"),
        _ => Encoding.UTF8.GetBytes(right),
    };
}
