using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Postern.Tests.Fixtures;

/// <summary>One answer to somebody's browser.</summary>
internal sealed record Shown(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public string Location => Headers.GetValueOrDefault("Location") ?? "";

    /// <summary>A parameter of the address that the answer redirects to.</summary>
    public string? Sent(string name) =>
        QueryHelpers.ParseQuery(new Uri(new Uri("http://postern.test"), Location).Query).TryGetValue(name, out var value) ? value.ToString() : null;
}

/// <summary>A person with cookies, who follows no redirect and fills in the forms of pages.</summary>
internal sealed partial class Visitor : IDisposable
{
    public const string RedirectUri = "https://app.example/callback";
    public const string Verifier = "a-verifier-that-is-longer-than-forty-three-characters";

    public static readonly string Challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    private readonly HttpClient http;

    public Visitor(TestServer server) =>
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server.Http.BaseAddress };

    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>As the server set them, with their attributes.</summary>
    public List<string> SetCookies { get; } = [];

    public static async Task<Visitor> SignedInAsync(Tenant tenant, string name, string password = PasswordUsers.Password)
    {
        var visitor = new Visitor(tenant.Server);
        var answer = await visitor.LoginAsync(tenant, name, password);
        return answer.Text.Contains("\"ok\"", StringComparison.Ordinal) ? visitor : throw new InvalidOperationException(answer.Text);
    }

    public Task<Shown> LoginAsync(Tenant tenant, string name, string password) => LoginAsync(tenant.Application, tenant.Organization, name, password);

    public Task<Shown> LoginAsync(string application, string organization, string name, string password) => SendAsync(HttpMethod.Post, "/api/login", new StringContent(
        $$"""{"type":"login","application":"{{application}}","organization":"{{organization}}","username":"{{name}}","password":"{{password}}"}""", Encoding.UTF8, "application/json"));

    public Task<Shown> GetAsync(string path, params (string, string)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Shown> PostAsync(string path, IEnumerable<(string Name, string Value)> form, params (string, string)[] headers) =>
        SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))), headers);

    /// <summary>Fills in the first form of a page and sends it.</summary>
    public Task<Shown> SubmitAsync(Shown page, params (string Name, string Value)[] typed) =>
        PostAsync(ActionOf(page), [.. FieldsOf(page).Where(f => !typed.Any(t => t.Name == f.Name)), .. typed]);

    public async Task<Shown> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (Cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            SetCookies.Add(cookie);
            var (name, value) = cookie.Split(';')[0].Split('=', 2) is [var n, var v] ? (n, v) : (cookie, "");
            if (value.Length == 0)
            {
                Cookies.Remove(name);
            }
            else
            {
                Cookies[name] = value;
            }
        }

        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Shown((int)response.StatusCode, await response.Content.ReadAsStringAsync(), all);
    }

    public static string Authorize(string clientId, params (string Name, string Value)[] more)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = clientId,
            ["response_type"] = "code",
            ["redirect_uri"] = RedirectUri,
            ["scope"] = "openid profile",
            ["state"] = "s",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in more)
        {
            parameters[name] = value;
        }

        return QueryHelpers.AddQueryString("/login/oauth/authorize", parameters.Where(p => p.Value!.Length > 0));
    }

    /// <summary>A code for the signed-in user.</summary>
    public async Task<string> CodeAsync(Tenant tenant, params (string Name, string Value)[] more)
    {
        var shown = await GetAsync(Authorize(tenant.ClientId, more));
        return shown.Sent("code") ?? throw new InvalidOperationException($"{shown.Status} {shown.Location} {shown.Text}");
    }

    public static string ActionOf(Shown page) => WebUtility.HtmlDecode(Action().Match(page.Text).Groups[1].Value);

    /// <summary>The hidden fields of a page's first form.</summary>
    public static IReadOnlyList<(string Name, string Value)> FieldsOf(Shown page)
    {
        var form = page.Text[page.Text.IndexOf("<form", StringComparison.Ordinal)..];
        form = form[..form.IndexOf("</form>", StringComparison.Ordinal)];
        return [.. Hidden().Matches(form).Select(m => (m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)))];
    }

    public void Dispose() => http.Dispose();

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
