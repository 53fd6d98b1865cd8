using System.Net.Http.Headers;
using System.Text;

namespace Postern.Tests.Fixtures;

/// <summary>Calls without cookies, as programs make them.</summary>
internal static class Api
{
    public static Task<Answer> GetAsync(this TestServer server, string path, string? authorization = null, params (string, string)[] headers) =>
        server.SendAsync(HttpMethod.Get, path, null, authorization, headers);

    public static Task<Answer> PostFormAsync(this TestServer server, string path, IEnumerable<(string Name, string Value)> form, string? authorization = null, params (string, string)[] headers) =>
        server.SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))), authorization, headers);

    public static Task<Answer> PostJsonAsync(this TestServer server, string path, string json, string? authorization = null) =>
        server.SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), authorization);

    public static async Task<Answer> SendAsync(this TestServer server, HttpMethod method, string path, HttpContent? content, string? authorization = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (authorization is not null)
        {
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await server.Http.SendAsync(request);
        var answer = await Answer.OfAsync(response);
        return answer.Status == 500 && answer["error"] != "server_error"
            ? throw new InvalidOperationException(string.Join('\n', server.Log.Lines.Where(l => l.StartsWith("Error", StringComparison.Ordinal))))
            : answer;
    }

    public static string Basic(string clientId, string secret) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{secret}"));

    /// <summary>Whether an access token opens userinfo now.</summary>
    public static async Task<bool> IsGoodAsync(this TestServer server, string? accessToken) =>
        (await server.GetAsync("/api/userinfo", "Bearer " + accessToken)).Status == 200;

    /// <summary>The code of the token endpoint's refusal; "" where it gave tokens.</summary>
    public static async Task<string> RefusalAsync(this Tenant tenant, params (string, string)[] form)
    {
        var answer = await tenant.TokenAsync(form);
        return answer.Status == 200 ? "" : answer["error"] ?? answer.Text;
    }
}
