using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Postern.CasdoorApi.Webhooks;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Webhooks;

/// <summary>A server, a tenant and somebody who is told.</summary>
internal sealed class World(TestServer server, Tenant tenant, Receiver receiver, Administrator administrator) : IAsyncDisposable
{
    public TestServer Server => server;

    public Tenant Tenant => tenant;

    public Receiver Receiver => receiver;

    public Administrator Administrator => administrator;

    public static async Task<World> StartAsync(DatabaseDriver driver, bool allowPrivate = true)
    {
        var server = await TestServer.StartAsync(driver, o => o with { AllowPrivateTargets = allowPrivate });
        return new World(server, await server.NewTenantAsync(), await Receiver.StartAsync(), await Administrator.OfAsync(server));
    }

    /// <summary>A webhook of the tenant's, enabled and to the receiver unless the properties say otherwise.</summary>
    public async Task AddAsync(string name, JsonObject properties)
    {
        var webhook = new JsonObject { ["owner"] = "admin", ["name"] = name, ["organization"] = tenant.Organization, ["url"] = receiver.Address, ["isEnabled"] = true };
        foreach (var (property, value) in properties)
        {
            webhook[property] = value?.DeepClone();
        }

        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-webhook", webhook));
    }

    public Task SendAsync() => server.Services.GetRequiredService<WebhookDelivery>().SendDueAsync(CancellationToken.None);

    /// <summary>What is told next, whether this call or the server's own timer sends it.</summary>
    public async Task<Received> NextAsync()
    {
        await SendAsync();
        return await receiver.NextAsync();
    }

    public async Task<JsonArray> EventsAsync() => (await administrator.GetAsync("/api/get-webhook-events"))["data"]!.AsArray();

    /// <summary>The newest event, once it is in that state: who sends it writes that after the receiver has it.</summary>
    public async Task<JsonNode> StateAsync(string state)
    {
        var until = TimeProvider.System.GetTimestamp();
        JsonNode? newest;
        do
        {
            newest = (await EventsAsync()).FirstOrDefault();
        }
        while (newest?["state"]!.ToString() != state && TimeProvider.System.GetElapsedTime(until) < TimeSpan.FromSeconds(20));

        Assert.Equal(state, newest?["state"]!.ToString());
        return newest!;
    }

    public async ValueTask DisposeAsync()
    {
        administrator.Dispose();
        await server.DisposeAsync();
        await receiver.DisposeAsync();
    }
}
