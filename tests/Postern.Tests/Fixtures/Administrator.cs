using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;

namespace Postern.Tests.Fixtures;

/// <summary>A caller of the object API: the application of <c>built-in</c>, by Basic.</summary>
public sealed class Administrator : IDisposable
{
    private readonly HttpClient http;

    private Administrator(HttpClient http) => this.http = http;

    /// <summary>The client itself, for requests of any form.</summary>
    public HttpClient Http => http;

    public static async Task<Administrator> OfAsync(TestServer server)
    {
        var application = (await server.Database.ReadAsync(c => ObjectStore.FindAsync(c, ObjectKinds.Application, "admin", "app-built-in")))!;
        var secret = new ObjectStore(server.Secrets, server.Clock).Reveal(application, "clientSecret");
        var http = new HttpClient { BaseAddress = server.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{application.Text("client_id")}:{secret}")));
        return new Administrator(http);
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    /// <summary>Status and body of a read.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> AnswerAsync(string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary>Status and body of a write of this text, sent as an SDK sends it.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "text/plain");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary><c>Affected</c>, <c>Unaffected</c>, or the sentence that refused it.</summary>
    public async Task<string> WriteAsync(string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != 200)
        {
            throw new InvalidOperationException($"{path} was answered with {(int)response.StatusCode}: {text}");
        }

        var answer = JsonNode.Parse(text)!;
        return answer["status"]!.GetValue<string>() != "ok" ? answer["msg"]!.GetValue<string>()
            : answer["data"]?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? answer["data"]!.GetValue<bool>() ? "Affected" : "Unaffected"
            : answer["data"]?.GetValue<string>() ?? "";
    }

    public void Dispose() => http.Dispose();
}
