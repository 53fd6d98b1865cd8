using System.Security.Cryptography;
using Postern.Server.Casdoor;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;
using Postern.Server.Data.Secrets;
using Postern.Server.OAuth;
using Postern.Server.OAuth.Token;

namespace Postern.Server.Hosting;

/// <summary>Puts the server together: the same for the program and for tests that host it on a real socket.</summary>
public static class PosternServer
{
    private const long LargestBody = 16 * 1024 * 1024;
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(15);

    /// <summary>Opens the database, prepares it under the start lock, and builds the application; nothing listens yet.</summary>
    /// <exception cref="StartRefusedException">The set-up does not do; nothing was written.</exception>
    /// <exception cref="StorageUnavailableException">The database does not answer; nothing was written.</exception>
    public static async Task<WebApplication> BuildAsync(PosternOptions options, TimeProvider clock, Action<WebApplicationBuilder>? adjust = null)
    {
        var database = new Database(options);
        try
        {
            var (secrets, refresh) = await PrepareAsync(options, database, clock);
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = LargestBody;
                kestrel.ListenAnyIP(options.HttpPort);
            });
            builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Drain);
            builder.Services.AddSingleton(options);
            builder.Services.AddSingleton(clock);
            builder.Services.AddSingleton(_ => database);
            builder.Services.AddSingleton(secrets);
            builder.Services.AddHostedService<Sweep>();
            builder.Services.AddSingleton<ObjectStore>();
            builder.Services.AddAccounts();
            builder.Services.AddOAuth();
            builder.Services.AddSingleton(refresh);
            adjust?.Invoke(builder);
            var app = builder.Build();
            app.MapOAuth();
            app.MapAccounts();
            app.MapObjects();
            return app;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private static async Task<(SecretStore Secrets, RefreshSecrets Refresh)> PrepareAsync(PosternOptions options, Database database, TimeProvider clock)
    {
        SecretStore? secrets = null;
        var refresh = new RefreshSecrets();
        await database.UnderStartLockAsync(async (connection, transaction) =>
        {
            await Migrations.ApplyAsync(database, connection, transaction, clock);
            var ring = await KeyRing.OpenAsync(options, connection, transaction, clock);
            secrets = new SecretStore(ring.Provider);
            if (await Settings.FindAsync(connection, Settings.RefreshKey, transaction) is { } stored)
            {
                refresh.Key = Convert.FromBase64String(secrets.Read(SecretColumn.Setting, Settings.RefreshKey, stored));
            }
            else
            {
                refresh.Key = RandomNumberGenerator.GetBytes(32);
                await Settings.PutAsync(connection, Settings.RefreshKey, secrets.Protect(SecretColumn.Setting, Settings.RefreshKey, Convert.ToBase64String(refresh.Key)), transaction);
            }
        });
        return (secrets!, refresh);
    }
}
