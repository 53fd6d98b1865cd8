using System.Net;

namespace Postern.Clients;

internal sealed record Settings(string Client, string Authority, string ClientId, string ClientSecret, string Validation)
{
    public static Settings Of(IConfiguration configuration) => new(
        configuration["Client"]!, configuration["Authority"]!, configuration["ClientId"]!, configuration["ClientSecret"]!, configuration["Validation"] ?? "introspection");

    /// <summary>The one page of a client; what the user is called, and what the server said of them.</summary>
    public static IResult Page(string? name, params (string Id, string? Value)[] facts) => Results.Content(
        $"""
        <!doctype html><html lang="en"><title>Client</title><link rel="icon" href="data:,">
        <h1>{WebUtility.HtmlEncode(name is null ? "Not signed in" : "Signed in as " + name)}</h1>
        {string.Concat(facts.Select(f => $"<p id=\"{f.Id}\">{WebUtility.HtmlEncode(f.Value)}</p>"))}
        </html>
        """, "text/html");
}
