using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

[assembly: AssemblyFixture(typeof(Postern.Tests.Pages.Neighbourhood))]

namespace Postern.Tests.Pages;

/// <summary>A server whose issuer is the address that browsers and clients really reach, and a client's web server beside it.</summary>
public sealed class Neighbourhood : IAsyncLifetime
{
    private readonly Lazy<Task<(TestServer Server, ClientListener Client)>> started = new(async () => (await StartServerAsync(), await ClientListener.StartAsync()));

    /// <summary>Such a server of its own, for a test that steps the clock.</summary>
    public static async Task<TestServer> StartServerAsync(Func<PosternOptions, PosternOptions>? change = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var origin = $"http://localhost:{port}";
            try
            {
                return await TestServer.StartAsync(DatabaseDriver.Sqlite, options =>
                {
                    options = options with { HttpPort = port, Origin = origin, OriginFrontend = origin, AllowPrivateTargets = true };
                    return change?.Invoke(options) ?? options;
                });
            }
            catch (IOException e) when (attempt < 5 && e.InnerException is AddressInUseException)
            {
                // Somebody else took it in between.
            }
        }
    }

    /// <summary>An application of an organization of its own, with a client's addresses, and a person with a password.</summary>
    public async Task<Household> SettleAsync(string columns = "")
    {
        var (server, client) = await started.Value;
        return await SettleAsync(server, client, columns);
    }

    public static async Task<Household> SettleAsync(TestServer server, ClientListener client, string columns = "")
    {
        var uris = new JsonArray(client.RedirectUri, client.ForeignRedirectUri, client.SignedOutUri).ToJsonString();
        const string grants = """["authorization_code","refresh_token","client_credentials","urn:ietf:params:oauth:grant-type:device_code"]""";
        var tenant = await server.NewTenantAsync($"redirect_uris = '{uris}', grant_types = '{grants}', display_name = 'Bookshop'" + (columns.Length > 0 ? ", " + columns : ""));
        using var administrator = await Administrator.OfAsync(server);
        var person = new Person("mei", "a Long enough passphrase 7", "Mei 小美");
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-user", new JsonObject
        {
            ["owner"] = tenant.Organization,
            ["name"] = person.Name,
            ["displayName"] = person.DisplayName,
            ["password"] = person.Password,
            ["email"] = "mei@example.com",
        }));
        return new Household(server, client, tenant, person);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated)
        {
            var (server, client) = await started.Value;
            await client.DisposeAsync();
            await server.DisposeAsync();
        }
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

public sealed record Person(string Name, string Password, string DisplayName);
