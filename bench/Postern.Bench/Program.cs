using System.Diagnostics;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Postern.Bench;
using Postern.Server.Data;
using Postern.Server.Hosting;
using Postern.Server.OAuth;

// One run, ratios within it: these figures compare only with each other.
var seconds = TimeSpan.FromSeconds(args.Contains("--quick") ? 2 : 8);
var warmUp = TimeSpan.FromSeconds(args.Contains("--quick") ? 1 : 4);
var (manyUsers, manyTokens) = args.Contains("--large") ? (1_000_000L, 10_000_000L) : (100_000L, 500_000L);
const int Connections = 32;
var folder = Directory.CreateTempSubdirectory("postern-bench-").FullName;
var (stub, wechat) = await StubWeChat.StartAsync();
using var plain = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = wechat };
Console.WriteLine($"{Environment.ProcessorCount} cores, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, {TimeProvider.System.GetLocalNow():yyyy-MM-dd}; load, stub and server share one process");
Console.WriteLine($"{"",-58}{"rate/s",10}{"p50 ms",10}{"p99 ms",10}{"ratio",9}");

var http = await Load.RunAsync(Connections, warmUp, seconds, async _ =>
{
    using var content = new ByteArrayContent("tag=wechat_miniprogram&client_id=bench&code=u1-1"u8.ToArray());
    using var response = await plain.PostAsync(new Uri("/plain", UriKind.Relative), content);
    return response.IsSuccessStatusCode;
});
Print("plain HTTP", http);
var stubCost = await Load.RunAsync(Connections, warmUp, seconds, async n =>
{
    using var response = await plain.GetAsync(new Uri($"/sns/jscode2session?appid=wx0123456789abcdef&secret=0123456789abcdef&js_code=u1-{n}", UriKind.Relative));
    return (await response.Content.ReadAsByteArrayAsync()).Length > 0;
});
Print("the stub WeChat alone (taken out below)", stubCost);

var postgres = Environment.GetEnvironmentVariable("POSTERN_TEST_POSTGRES");
var databases = new List<(string Name, DatabaseDriver Driver, string Few, string Many)>
{
    ("SQLite", DatabaseDriver.Sqlite, $"Data Source={folder}/few.db", $"Data Source={folder}/many.db"),
};
if (postgres is not null)
{
    databases.Add(("PostgreSQL", DatabaseDriver.Postgres, await NewDatabaseAsync(postgres), await NewDatabaseAsync(postgres)));
}

foreach (var (name, driver, few, many) in databases)
{
    await using (var server = await BenchServer.StartAsync(driver, few, folder, wechat, 1000, 0))
    {
        foreach (var (client, algorithm) in new[] { (BenchServer.ClientRs256, "RS256-2048"), (BenchServer.ClientEs256, "ES256") })
        {
            var signing = await SignOnlyAsync(server, client, await SignerAsync(server, client));
            var signIn = await Load.RunAsync(Connections, warmUp, seconds, n => server.SignInAsync(client, (n % 1000) + 1, n));
            Print($"{name}, {algorithm}: two signatures and an answer", signing);
            Print($"{name}, {algorithm}: Mini Program sign-in, 1,000 users", signIn, signIn.Rate / signing.Rate);
            var withoutStub = 1 / ((1 / signIn.Rate) - (1 / stubCost.Rate));
            Print($"{name}, {algorithm}: the same, the stub's cost taken out", signIn with { Rate = withoutStub, P50 = 0, P99 = 0 }, withoutStub / signing.Rate);
        }

        var alone = await Load.RunAsync(1, warmUp, seconds, n => server.SignInAsync(BenchServer.ClientRs256, (n % 1000) + 1, n));
        Print($"{name}, RS256-2048: one connection, 1,000 users", alone);
        await using var large = await BenchServer.StartAsync(driver, many, folder, wechat, manyUsers, manyTokens);
        var spread = await Load.RunAsync(1, warmUp, seconds, n => large.SignInAsync(BenchServer.ClientRs256, (n * 7919 % manyUsers) + 1, n));
        Print($"{name}: one connection, {manyUsers:N0} users, {manyTokens:N0} tokens (p50 ratio)", spread, spread.P50 / alone.P50);
    }
}

Console.WriteLine($"working set at the end, load and stub included: {Process.GetCurrentProcess().WorkingSet64 / 1048576} MB");
await stub.StopAsync();
Directory.Delete(folder, recursive: true);

// Both signatures of one sign-in, and an HTTP answer of the same size: what a sign-in would cost without a database.
static async Task<Microsoft.IdentityModel.Tokens.SigningCredentials> SignerAsync(BenchServer server, string client)
{
    var database = server.Services.GetRequiredService<Database>();
    var application = await database.ReadAsync(c => Applications.FindByClientIdAsync(c, client));
    return await server.Services.GetRequiredService<SigningKeys>().ForAsync(application!, default);
}

async Task<Figures> SignOnlyAsync(BenchServer server, string client, Microsoft.IdentityModel.Tokens.SigningCredentials key)
{
    _ = server;
    var payload = "{\"sub\":\"" + new string('x', 1500) + "\",\"azp\":\"" + client + "\"}";
    var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    var port = StubWeChat.FreePort();
    builder.WebHost.ConfigureKestrel(k => k.ListenLocalhost(port));
    await using var app = builder.Build();
    app.MapPost("/sign", (RequestDelegate)(context =>
        context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(handler.CreateToken(payload, key) + handler.CreateToken(payload, key))).AsTask()));
    await app.StartAsync();
    using var signer = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri($"http://localhost:{port}") };
    var figures = await Load.RunAsync(Connections, warmUp, seconds, async _ =>
    {
        using var content = new ByteArrayContent("tag=wechat_miniprogram&client_id=bench&code=u1-1"u8.ToArray());
        using var response = await signer.PostAsync(new Uri("/sign", UriKind.Relative), content);
        return (await response.Content.ReadAsByteArrayAsync()).Length > 0;
    });
    await app.StopAsync();
    return figures;
}

static async Task<string> NewDatabaseAsync(string server)
{
    var name = "bench" + Guid.NewGuid().ToString("N");
    await using var connection = new Npgsql.NpgsqlConnection(server + ";Database=postgres;Pooling=false");
    await connection.OpenAsync();
    await using var command = new Npgsql.NpgsqlCommand("create database " + name, connection);
    await command.ExecuteNonQueryAsync();
    return server + ";Database=" + name;
}

static void Print(string what, Figures figures, double? ratio = null) =>
    Console.WriteLine($"{what,-58}{figures.Rate,10:N0}{figures.P50,10:N2}{figures.P99,10:N2}{(ratio is { } r ? r.ToString("P0", System.Globalization.CultureInfo.InvariantCulture) : ""),9}{(figures.Failed > 0 ? $"  {figures.Failed} FAILED" : "")}");
