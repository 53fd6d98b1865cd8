using System.Text;
using System.Text.Json.Nodes;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Casdoor.Rows;

/// <summary>A caller with the same credentials each time, and what it reads of the envelopes.</summary>
internal sealed record RowCaller(TestServer Server, string? Authorization)
{
    /// <summary>The application of a tenant: it administers its organization.</summary>
    public static RowCaller Of(Tenant tenant) => new(tenant.Server, Api.Basic(tenant.ClientId, tenant.ClientSecret));

    public static RowCaller Bearer(TestServer server, string? token) => new(server, "Bearer " + token);

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse((await Server.GetAsync(path, Authorization)).Text)!;

    public async Task<JsonNode?> DataAsync(string path) => (await GetAsync(path))["data"];

    /// <summary>What a write came to: its data as text, or the sentence that refused it.</summary>
    public async Task<string> WriteAsync(string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "text/plain");
        return Outcome(JsonNode.Parse((await Server.SendAsync(HttpMethod.Post, path, content, Authorization)).Text)!);
    }

    public async Task<string> MessageAsync(string path) => (await GetAsync(path))["msg"]!.GetValue<string>();

    public static string Outcome(JsonNode answer) =>
        answer["status"]!.GetValue<string>() == "ok" ? answer["data"]?.ToString() ?? "" : answer["msg"]!.GetValue<string>();
}
