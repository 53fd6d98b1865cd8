using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Postern.Bench.Storage;

namespace Postern.Bench.Baselines;

/// <summary>
/// What the sign-ins are held against, in a process of its own as the server is: the same HTTP server, request and size of answer,
/// and of the work in between only what cannot be spared.
/// </summary>
public static class BaselineServer
{
    public const string Plain = "/plain";
    public const string SignRs256 = "/sign/rs256";
    public const string SignEs256 = "/sign/es256";
    public const string SignEs256AndInsert = "/sign/es256/insert";

    /// <summary>Reads the two payloads to sign, a line each, from <paramref name="input"/>, and says its port; ends with that input.</summary>
    public static async Task RunAsync(Engine engine, string connectionString, TextReader input, TextWriter output)
    {
        var payloads = ((await input.ReadLineAsync())!, (await input.ReadLineAsync())!);
        using var rs256 = TokenSigner.Rs256(payloads);
        using var es256 = TokenSigner.Es256(payloads);
        await using var inserts = await GroupCommit.OpenAsync(engine, connectionString);
        var plain = es256.Answer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        });
        await using var app = builder.Build();
        app.MapPost(Plain, (RequestDelegate)(context => AnswerAsync(context, () => plain)));
        app.MapPost(SignRs256, (RequestDelegate)(context => AnswerAsync(context, rs256.Answer)));
        app.MapPost(SignEs256, (RequestDelegate)(context => AnswerAsync(context, es256.Answer)));
        app.MapPost(SignEs256AndInsert, (RequestDelegate)(context => AnswerAsync(context, es256.Answer, inserts.InsertAsync)));
        await app.StartAsync();
        await output.WriteLineAsync(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await output.FlushAsync();
        await input.ReadToEndAsync();
    }

    private static async Task AnswerAsync(HttpContext context, Func<byte[]> make, Func<Task>? write = null)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        var answer = make();
        if (write is not null)
        {
            await write();
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer);
    }
}
