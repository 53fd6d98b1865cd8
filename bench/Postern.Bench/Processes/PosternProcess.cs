using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Postern.Bench.Load;
using Postern.Bench.Storage;

namespace Postern.Bench.Processes;

/// <summary>The server under measure: its own program and process, in Production, on a folder and a database of its own.</summary>
public sealed class PosternProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ChildProcess process;

    private PosternProcess(ChildProcess process, int port) => (this.process, Port) = (process, port);

    public int Id => process.Id;

    public int Port { get; }

    /// <summary>From the start of the process to the first token in the caller's hands.</summary>
    public TimeSpan FirstToken { get; private set; }

    /// <summary>The body of that first answer.</summary>
    public byte[] FirstAnswer { get; private set; } = [];

    public double Resident => process.Resident;

    public double MostResident => process.MostResident;

    /// <summary>Starts the server and signs user 1 in as soon as it listens.</summary>
    public static async Task<PosternProcess> StartAsync(string program, BenchDatabase database, int wechatPort)
    {
        var port = FreePort();
        var origin = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var begin = Stopwatch.GetTimestamp();
        var (command, arguments) = program.EndsWith(".dll", StringComparison.Ordinal) ? ("dotnet", new[] { program }) : (program, []);
        var server = new PosternProcess(
            ChildProcess.Start(
                command,
                arguments,
                [
                    new("ASPNETCORE_ENVIRONMENT", "Production"),
                    new("DOTNET_ENVIRONMENT", "Production"),
                    new("httpport", port.ToString(CultureInfo.InvariantCulture)),
                    new("origin", origin),
                    new("driverName", database.DriverName),
                    new("dataSourceName", database.ConnectionString),
                    new("initDataFile", BenchObjects.WriteFile(database.Folder)),
                    new("masterKeyFile", Path.Combine(database.Folder, "master.key")),
                    new("wechatEndpoint", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{wechatPort}")),
                    new("allowForeignWechatEndpoint", "true"),
                    new("POSTERN_ADMIN_PASSWORD", Guid.NewGuid().ToString()),
                ],
                database.Folder),
            port);
        try
        {
            server.FirstAnswer = await server.SignInAsync(BenchObjects.ClientRs256);
            server.FirstToken = Stopwatch.GetElapsedTime(begin);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>One sign-in of user 1, as soon as somebody listens.</summary>
    /// <returns>The body of the answer.</returns>
    public async Task<byte[]> SignInAsync(string client)
    {
        using var connection = await ConnectAsync();
        var request = new SignInRequest(BenchObjects.TokenPath, client, Guid.NewGuid().ToString("N"));
        var status = await connection.AskAsync(request.Of(1, 1));
        return status == 200
            ? connection.Body.ToArray()
            : throw new InvalidOperationException($"The first sign-in was answered with {status}: {System.Text.Encoding.UTF8.GetString(connection.Body)}");
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<HttpConnection> ConnectAsync()
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var connection = new HttpConnection();
            try
            {
                await connection.ConnectAsync(Port);
                return connection;
            }
            catch (SocketException) when (!process.HasEnded && Stopwatch.GetElapsedTime(begin) < Patience)
            {
                connection.Dispose();
                await Task.Delay(1);
            }
        }
    }
}
