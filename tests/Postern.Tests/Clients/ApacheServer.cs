using System.Diagnostics;
using System.Net.Sockets;
using Postern.Tests.Pages;

namespace Postern.Tests.Clients;

/// <summary>Apache with its OpenID Connect module, as Debian has them, before a folder that only signed-in users may read.</summary>
internal sealed class ApacheServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/apache2";
    private const string Modules = "/usr/lib/apache2/modules";

    private readonly Process process;
    private readonly string home;

    private ApacheServer(Process process, string home, string address) => (this.process, this.home, Address) = (process, home, address);

    public string Address { get; }

    /// <summary>The module's own address: it takes the code, and shows, renews and ends the session.</summary>
    public string RedirectUri => Address + "/secure/redirect_uri";

    public static async Task<ApacheServer> StartAsync(string issuer, string clientId, string clientSecret)
    {
        var home = System.IO.Directory.CreateTempSubdirectory("postern-apache-").FullName;
        // It gives up root, and must still be able to read the folder.
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            File.SetUnixFileMode(home, own | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        var port = Neighbourhood.FreePort();
        var address = $"http://localhost:{port}";
        System.IO.Directory.CreateDirectory(Path.Combine(home, "site", "secure"));
        const string head = "<!doctype html><title>Client</title><link rel=\"icon\" href=\"data:,\">";
        await File.WriteAllTextAsync(Path.Combine(home, "site", "secure", "index.html"), head + "<h1>Behind Apache</h1>");
        await File.WriteAllTextAsync(Path.Combine(home, "site", "index.html"), head + "<h1>Signed out</h1>");
        await File.WriteAllTextAsync(Path.Combine(home, "apache.conf"),
            $"""
            ServerRoot {home}
            ServerName localhost
            Listen 127.0.0.1:{port}
            PidFile {home}/pid
            ErrorLog {home}/error.log
            LoadModule mpm_event_module {Modules}/mod_mpm_event.so
            LoadModule authn_core_module {Modules}/mod_authn_core.so
            LoadModule authz_core_module {Modules}/mod_authz_core.so
            LoadModule authz_user_module {Modules}/mod_authz_user.so
            LoadModule dir_module {Modules}/mod_dir.so
            LoadModule mime_module {Modules}/mod_mime.so
            LoadModule auth_openidc_module {Modules}/mod_auth_openidc.so
            {(Environment.IsPrivilegedProcess ? "User www-data\nGroup www-data" : "")}
            TypesConfig /dev/null
            AddType text/html .html
            DocumentRoot {home}/site
            DirectoryIndex index.html
            OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
            OIDCClientID {clientId}
            OIDCClientSecret {clientSecret}
            OIDCRedirectURI {address}/secure/redirect_uri
            OIDCCryptoPassphrase a-passphrase-of-this-test-alone
            OIDCScope "openid profile email offline_access"
            OIDCInfoHook access_token refresh_token id_token userinfo
            <Location /secure>
              AuthType openid-connect
              Require valid-user
            </Location>
            """);
        var start = new ProcessStartInfo(Program, ["-X", "-f", Path.Combine(home, "apache.conf")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var server = new ApacheServer(process, home, address);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await AcceptsAsync(port, patience.Token))
        {
            if (process.HasExited)
            {
                var log = File.Exists(home + "/error.log") ? await File.ReadAllTextAsync(home + "/error.log") : "";
                throw new InvalidOperationException($"Apache ended: {await process.StandardError.ReadToEndAsync(patience.Token)} {log}");
            }
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        process.Dispose();
        System.IO.Directory.Delete(home, recursive: true);
    }

    private static async Task<bool> AcceptsAsync(int port, CancellationToken cancel)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancel);
            return true;
        }
        catch (SocketException)
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            await pause.WaitForNextTickAsync(cancel);
            return false;
        }
    }
}
