using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Directory.Objects;
using Postern.Server.Configuration;
using Postern.Server.Hosting;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.WeChat.Sandbox;

namespace Postern.Tests.Fixtures;

/// <summary>A whole server on a real socket, with a database and a simulated WeChat of its own.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly PosternOptions options;

    /// <summary>Null at a further node: database, sandbox and files are the first one's.</summary>
    private readonly string? folder;

    private TestServer(WebApplication app, Sandbox sandbox, ManualClock clock, PosternOptions options, string? folder, LogCapture log)
    {
        (this.app, WeChat, Clock, this.options, this.folder, Log) = (app, sandbox, clock, options, folder, log);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port}") };
    }

    public HttpClient Http { get; }

    public Sandbox WeChat { get; }

    public ManualClock Clock { get; }

    public LogCapture Log { get; }

    public Database Database => app.Services.GetRequiredService<Database>();

    public SecretStore Secrets => app.Services.GetRequiredService<SecretStore>();

    public string Issuer => options.Origin;

    public IServiceProvider Services => app.Services;

    /// <param name="driver">Which database.</param>
    /// <param name="change">Other settings than the usual ones.</param>
    /// <param name="person">Who starts it.</param>
    /// <param name="adjust">What else is different before the application is built.</param>
    /// <param name="prepare">What the database holds before the first start.</param>
    public static async Task<TestServer> StartAsync(
        DatabaseDriver driver, Func<PosternOptions, PosternOptions>? change = null, SystemOperator? person = null, Action<WebApplicationBuilder>? adjust = null,
        Func<Database, Task>? prepare = null)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-test-").FullName;
        var clock = new ManualClock();
        var sandbox = await SandboxHost.StartAsync(new SandboxOptions { Port = 0, Clock = clock });
        var usual = UsualOptions(driver, folder) with { WechatEndpoint = sandbox.BaseUri };
        var options = change?.Invoke(usual) ?? usual;
        if (person is null && prepare is null && FirstStart.IsUsual(options, usual))
        {
            await FirstStart.CopyAsync(options);
        }
        else if (driver == DatabaseDriver.Postgres)
        {
            await PostgresServer.CreateDatabaseAsync(usual.ConnectionString);
        }

        if (prepare is not null)
        {
            await using var database = new Database(options);
            await prepare(database);
        }

        return await StartAsync(options, sandbox, clock, folder, person, adjust);
    }

    internal static PosternOptions UsualOptions(DatabaseDriver driver, string folder) => new()
    {
        HttpPort = 0,
        Driver = driver,
        ConnectionString = driver == DatabaseDriver.Sqlite ? $"Data Source={folder}/postern.db" : PostgresServer.NewConnectionString(),
        Origin = "http://postern.test",
        OriginFrontend = "http://postern.test",
        MasterKeyFile = Path.Combine(folder, "master.key"),
        ResourceDirectory = Path.Combine(folder, "resources"),
        IsDevelopment = true,
        HasSandbox = true,
        RefusedTokenRequestsPerMinute = 0,
        AnonymousRowsPerMinute = 0,
    };

    /// <summary>Another node on the same database, with the same WeChat.</summary>
    public Task<TestServer> StartNodeAsync() => StartAsync(options, WeChat, Clock, null, null, null);

    private static async Task<TestServer> StartAsync(
        PosternOptions options, Sandbox sandbox, ManualClock clock, string? folder, SystemOperator? person, Action<WebApplicationBuilder>? adjust)
    {
        var log = new LogCapture();
        var app = await PosternServer.BuildAsync(options, clock, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(log);
            builder.Logging.SetMinimumLevel(LogLevel.Debug);
            adjust?.Invoke(builder);
        }, person);
        await app.StartAsync();
        return new TestServer(app, sandbox, clock, options, folder, log);
    }

    /// <summary>A client of the same server whose connections come from another loopback address.</summary>
    public static HttpClient ConnectFrom(TestServer server, string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, server.Http.BaseAddress!.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = server.Http.BaseAddress };

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        if (folder is null)
        {
            return;
        }

        await WeChat.DisposeAsync();
        if (options.Driver == DatabaseDriver.Postgres)
        {
            await PostgresServer.DropDatabaseAsync(options.ConnectionString);
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    /// <summary>Everything that the database holds, as text: to search for what must not be there.</summary>
    public Task<string> DumpAsync() => Database.ReadAsync(connection => DumpAsync(connection, options.Driver));

    internal static async Task<string> DumpAsync(System.Data.Common.DbConnection connection, DatabaseDriver driver)
    {
        var tables = driver == DatabaseDriver.Sqlite
            ? "select name from sqlite_master where type = 'table'"
            : "select table_name from information_schema.tables where table_schema = current_schema()";
        var text = new System.Text.StringBuilder();
        foreach (var table in await connection.QueryAsync<string>(tables))
        {
            foreach (var row in await connection.QueryAsync($"select * from {table}"))
            {
                text.AppendLine(table + " " + string.Join('|', ((IDictionary<string, object?>)row).Values));
            }
        }

        return text.ToString();
    }
}

/// <summary>Keeps every log line, whatever its level.</summary>
public sealed class LogCapture : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
