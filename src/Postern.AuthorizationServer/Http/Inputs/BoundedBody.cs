using Microsoft.AspNetCore.Http.Features;

namespace Postern.AuthorizationServer.Http.Inputs;

public static class BoundedBody
{
    private const int Step = 64 * 1024;
    private static readonly FormOptions Forms = new() { ValueCountLimit = InputLimits.MostParameters, KeyLengthLimit = InputLimits.Name };

    /// <summary>The whole body; null where it is larger than its route takes (<see cref="BodyLimits"/>).</summary>
    public static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        var (request, largest, cancel) = (context.Request, BodyLimits.Of(context), context.RequestAborted);
        if (request.ContentLength > largest)
        {
            return null;
        }

        // A length that was told is read in one go, which all clients of the hot path do.
        if (request.ContentLength is { } told and <= BodiesInFlight.Uncounted)
        {
            var whole = new byte[told];
            await request.Body.ReadExactlyAsync(whole, cancel);
            return whole;
        }

        // Memory is taken as bytes arrive: a caller that announces a large body and sends none holds no memory.
        var (body, length) = (new byte[BodiesInFlight.Uncounted], 0);
        while (true)
        {
            if (length == body.Length)
            {
                if (length > largest)
                {
                    return null;
                }

                var room = Math.Min(Math.Max(body.Length * 2, Step), largest + 1);
                context.Response.RegisterForDispose(context.RequestServices.GetRequiredService<BodiesInFlight>().Take(room - body.Length));
                Array.Resize(ref body, room);
            }

            var read = await request.Body.ReadAsync(body.AsMemory(length), cancel);
            if (read == 0)
            {
                return length > largest ? null : body[..length];
            }

            length += read;
        }
    }

    /// <summary>The body as a form of either kind; null where it is larger than its route takes.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static async Task<IFormCollection?> ReadFormAsync(HttpContext context)
    {
        var largest = BodyLimits.Of(context);
        if (context.Request.ContentLength > largest)
        {
            return null;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
        {
            bound.MaxRequestBodySize = largest;
        }

        try
        {
            return await context.Request.ReadFormAsync(Forms, context.RequestAborted);
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException || (e is IOException and not BadHttpRequestException))
        {
            // .NET reads UTF-7 no more, throws at names that are no encoding's, and calls parts that do not end a failure of reading.
            throw new InvalidDataException("the form is in an encoding that is not read, or does not end", e);
        }
    }
}
