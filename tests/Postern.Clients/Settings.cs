using System.Net;

namespace Postern.Clients;

internal sealed record Settings(string Client, string Authority, string ClientId, string ClientSecret, string Validation)
{
    public static Settings Of(IConfiguration configuration) => new(
        configuration["Client"]!, configuration["Authority"]!, configuration["ClientId"]!, configuration["ClientSecret"]!,
        configuration["Validation"] ?? "introspection");

    /// <summary>The one page of a client, with what the server said of the user.</summary>
    public static IResult Page(bool isSignedIn, params (string Id, string? Value)[] facts) => Results.Content(
        $"""
        <!doctype html><html lang="en"><title>Client</title><link rel="icon" href="data:,">
        <h1>{(isSignedIn ? "Signed in" : "Not signed in")}</h1>
        {string.Concat(facts.Select(f => $"<p id=\"{f.Id}\">{WebUtility.HtmlEncode(f.Value)}</p>"))}
        </html>
        """, "text/html");
}
