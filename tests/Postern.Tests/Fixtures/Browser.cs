using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Postern.Tests.Fixtures;

/// <summary>
/// A browser without scripts: it keeps cookies, posts forms, follows redirects and pages of ours that go on by themselves,
/// and stops where they lead to somebody else.
/// </summary>
public sealed class Browser : IDisposable
{
    private const int MostHops = 10;
    private readonly CookieContainer cookies = new();
    private readonly HttpClient http;

    public Browser(TestServer server) =>
        http = new HttpClient(new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = server.Http.BaseAddress };

    /// <summary>The value of a cookie; null where it has none.</summary>
    public string? this[string cookie] => cookies.GetCookies(http.BaseAddress!)[cookie]?.Value;

    public void Plant(string cookie, string value) => cookies.Add(http.BaseAddress!, new Cookie(cookie, value, "/"));

    public Task<Visit> OpenAsync(string address, params (string Name, string Value)[] headers) => GoAsync(HttpMethod.Get, address, null, headers);

    /// <summary>Posts the page's first form with its hidden fields and what is typed or pressed beside them.</summary>
    public Task<Visit> SubmitAsync(Visit page, params (string Name, string Value)[] filled) => SubmitAsync(page.Forms[0], filled);

    public Task<Visit> SubmitAsync(Form form, params (string Name, string Value)[] filled) =>
        PostAsync(form.Action, [.. form.Fields.Where(f => filled.All(g => g.Name != f.Name)), .. filled]);

    public Task<Visit> PostAsync(string address, (string Name, string Value)[] fields, params (string Name, string Value)[] headers) =>
        GoAsync(HttpMethod.Post, address, fields, headers);

    public void Dispose() => http.Dispose();

    private async Task<Visit> GoAsync(HttpMethod method, string address, (string Name, string Value)[]? fields, (string Name, string Value)[] headers)
    {
        for (var hop = 0; hop < MostHops; hop++)
        {
            using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
            request.Content = fields is null ? null : new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
            request.Headers.Accept.ParseAdd("text/html");
            foreach (var (name, value) in headers)
            {
                request.Headers.Add(name, value);
            }

            using var response = await http.SendAsync(request);
            var visit = new Visit((int)response.StatusCode, address, await response.Content.ReadAsStringAsync(), response.Headers);
            if (visit.LeadsTo is not ['/', ..] next)
            {
                return visit;
            }

            (method, address, fields) = (HttpMethod.Get, next, null);
        }

        throw new InvalidOperationException("The pages lead in circles: " + address);
    }
}

/// <summary>A page that a browser has come to, or the answer that leads away from us.</summary>
public sealed partial record Visit(int Status, string Address, string Text, HttpResponseHeaders Headers)
{
    /// <summary>Where it goes on by itself, by redirect or refresh; null where it stays.</summary>
    public string? LeadsTo { get; } = Headers.Location?.OriginalString
        ?? (Refresh().Match(Text) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null);

    public IReadOnlyList<Form> Forms { get; } =
        [.. FormElement().Matches(Text).Select(form => new Form(WebUtility.HtmlDecode(form.Groups[1].Value), [.. HiddenField().Matches(form.Groups[2].Value)
            .Select(field => (WebUtility.HtmlDecode(field.Groups[1].Value), WebUtility.HtmlDecode(field.Groups[2].Value)))], form.Groups[2].Value))];

    public string Policy => Headers.TryGetValues("Content-Security-Policy", out var policy) ? policy.Single() : "";

    /// <summary>A parameter of the answer that it carries to the client, in the query or the fragment; null where there is none.</summary>
    public string? this[string parameter] =>
        LeadsTo is { } target && target.IndexOfAny(['?', '#']) is >= 0 and var at
        && QueryHelpers.ParseQuery(target[(at + 1)..]).TryGetValue(parameter, out var values) ? values.Single() : null;

    [GeneratedRegex("""<meta http-equiv="refresh" content="0; url=([^"]*)">""")]
    private static partial Regex Refresh();

    [GeneratedRegex("""<form method="post" action="([^"]*)">(.*?)</form>""", RegexOptions.Singleline)]
    private static partial Regex FormElement();

    [GeneratedRegex("""<input type="hidden" name="([^"]*)" value="([^"]*)">""")]
    private static partial Regex HiddenField();
}

/// <summary>A form of a page: where it is sent, its hidden fields, and what stands in it.</summary>
public sealed record Form(string Action, IReadOnlyList<(string Name, string Value)> Fields, string Text)
{
    public string? this[string field] => Fields.FirstOrDefault(f => f.Name == field).Value;
}
