using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Postern.Directory.Objects;
using Postern.Server.Configuration;
using Postern.Server.FirstStart;
using Postern.Server.Hosting;

namespace Postern.Server.Commands;

/// <summary><c>postern</c>: runs the server until it is told to end.</summary>
internal static class Serve
{
    public static async Task<int> RunAsync(PosternOptions options, SystemOperator person, TimeProvider clock, TextWriter output)
    {
        // Before the database: where its port is taken, nothing has been made yet.
        await using var sandbox = await DevelopmentSandbox.StartAsync(options);
        var report = new StartReport();
        await using var app = await PosternServer.BuildAsync(options, clock, null, person, made => report = made);
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (PortRefusal.IsOne(e))
        {
            // The objects are made and stay: no later start will say this again.
            Banner.WriteMade(output, report);
            throw PortRefusal.Of(e, options.HttpPort);
        }

        Banner.Write(output, options, report, PortOf(app), sandbox.IsThere);
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static int PortOf(WebApplication app) =>
        BindingAddress.Parse(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
}
