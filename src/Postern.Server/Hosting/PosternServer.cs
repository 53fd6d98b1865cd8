using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Console;
using Postern.AuthorizationServer;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.Statistics;
using Postern.CasdoorApi;
using Postern.CasdoorApi.Diagnosis;
using Postern.CasdoorApi.Edge;
using Postern.CasdoorApi.Enforcement;
using Postern.Directory.Objects;
using Postern.Directory.Statistics;
using Postern.Import.InitData;
using Postern.Server.AdminConsole;
using Postern.Server.Configuration;
using Postern.Server.FirstStart;
using Postern.Storage.Bounded;
using Postern.Storage.Databases;
using Postern.Storage.Keys;
using Postern.Storage.Tables;

namespace Postern.Server.Hosting;

/// <summary>Puts the server together: the same for the program and for tests that host it on a real socket.</summary>
public static partial class PosternServer
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(15);

    /// <summary>Opens the database, prepares it under the start lock, and builds the application; nothing listens yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="clock">The clock of everything.</param>
    /// <param name="adjust">What a test changes before the application is built.</param>
    /// <param name="person">Who starts it; null = nobody.</param>
    /// <param name="prepared">Is told what the start made as soon as it is on disk.</param>
    /// <exception cref="StartRefusedException">The set-up does not do; nothing was written.</exception>
    /// <exception cref="StorageUnavailableException">The database does not answer; nothing was written.</exception>
    public static async Task<WebApplication> BuildAsync(
        PosternOptions options, TimeProvider clock, Action<WebApplicationBuilder>? adjust = null, SystemOperator? person = null, Action<StartReport>? prepared = null)
    {
        var initData = options.InitDataFile is { } file ? InitDataFile.Read(file) : null;
        // Opened before the application exists, so what it logs goes to a log of its own.
        var statements = options.ShowSql ? LoggerFactory.Create(Log) : null;
        var database = new Database(options, statements);
        try
        {
            var started = await new StartTransaction(options, database, person ?? SystemOperator.Nobody, initData, clock).RunAsync();
            prepared?.Invoke(started.Report);
            // Empty: the framework's own settings files would be a second way to configure the server, and it watches their
            // folder, which is told of every write to a database there. Production, whatever the settings say: in Development
            // the framework answers with exceptions and request data.
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
            Listen(builder, options);
            Log(builder.Logging);
            builder.Services.AddRoutingCore();
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Drain);
            builder.Services.AddSingleton(options);
            builder.Services.AddSingleton<CasdoorApiOptions>(options);
            builder.Services.AddSingleton<AuthorizationServerOptions>(options);
            builder.Services.AddSingleton<StorageOptions>(options);
            builder.Services.AddSingleton(clock);
            builder.Services.AddSingleton(_ => database);
            builder.Services.AddSingleton(started.Secrets);
            builder.Services.AddSingleton<BodiesInFlight>();
            builder.Services.AddSingleton<CacheBudget>();
            builder.Services.AddSingleton<ObjectStore>();
            builder.Services.AddSingleton<ListMemory>();
            builder.Services.AddSingleton(new ConsoleFiles(options.ConsoleDirectory));
            builder.Services.AddHostedService<Sweep>();
            builder.Services.AddAccounts();
            builder.Services.AddSignIn();
            builder.Services.AddSingleton<Enforcers>();
            builder.Services.AddOAuth();
            builder.Services.AddSingleton<DiagnosisLimit>();
            builder.Services.AddSingleton<StatisticsCounter>();
            builder.Services.AddHostedService(provider => provider.GetRequiredService<StatisticsCounter>());
            builder.Services.AddSingleton<QueryCredentialUse>();
            builder.Services.AddHostedService(provider => provider.GetRequiredService<QueryCredentialUse>());
            builder.Services.AddSingleton(new InstallationKey(started.RefreshKey));
            adjust?.Invoke(builder);
            var app = builder.Build();
            app.UseMiddleware<ExceptionMiddleware>();
            BelieveProxies(app, options);
            app.Use((context, next) =>
            {
                // Libraries put the path behind an endpoint that ends with a slash.
                if (context.Request.Path.Value is { } path && path.StartsWith("//", StringComparison.Ordinal))
                {
                    context.Request.Path = "/" + path.TrimStart('/');
                }

                return next(context);
            });
            app.UseRouting();
            // An address may hold credentials, and the next page must not be told of it.
            app.Use((context, next) =>
            {
                context.Response.Headers["Referrer-Policy"] = "no-referrer";
                return next(context);
            });
            app.RefuseLongInput();
            app.AnswerPreflights();
            app.RefuseUnrouted();
            app.MapHealth();
            app.MapOAuth();
            app.MapHostedPages();
            app.MapCasdoorApi();
            app.MapConsole();
            Warn(app.Logger, [.. options.Warnings, .. started.Report.Warnings]);
            return app;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private static void Listen(WebApplicationBuilder builder, PosternOptions options) => builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        InputEdge.Bound(kestrel.Limits);
        kestrel.ListenAnyIP(options.HttpPort);
    });

    private static void Log(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        // The framework's lines at Information hold whole URLs, and a URL may hold a code or a token.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        // At Error it repeats, with a stack trace, what stopped the start: that is told in one sentence. At Critical it says
        // that a service of ours fell and takes the server along.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }

    /// <summary>X-Forwarded-* names the caller only where a peer says so that the operator trusts; the host comes from no header.</summary>
    private static void BelieveProxies(WebApplication app, PosternOptions options)
    {
        if (options.TrustedProxies.Count == 0)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.TrustedProxies)
        {
            forwarded.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(forwarded);
    }

    private static void Warn(ILogger logger, IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            LogWarning(logger, warning);
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "{Sentence}")]
    private static partial void LogWarning(ILogger logger, string sentence);
}
