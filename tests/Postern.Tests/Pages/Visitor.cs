using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;

namespace Postern.Tests.Pages;

/// <summary>A person with a browser of their own. What the browser complains about is kept, and a test ends with none of it.</summary>
public sealed class Visitor : IAsyncDisposable
{
    public const float Patience = 90_000;

    private readonly IBrowserContext context;

    private Visitor(IBrowserContext context, IPage page) => (this.context, Page) = (context, page);

    public IPage Page { get; }

    public ConcurrentQueue<string> Complaints { get; } = new();

    public ILocator Heading => Page.Locator("h1");

    public ILocator Alert => Page.GetByRole(AriaRole.Alert);

    public ILocator Status => Page.GetByRole(AriaRole.Status);

    public static async Task<Visitor> OfAsync(IBrowserContext context)
    {
        context.SetDefaultTimeout(Patience);
        var visitor = new Visitor(context, await context.NewPageAsync());
        context.Console += (_, message) =>
        {
            // The status of a page itself is the test's to judge; what a page takes in must be there.
            if (message.Type is "error" or "warning" && !(message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && message.Location.StartsWith(visitor.Page.Url, StringComparison.Ordinal)))
            {
                visitor.Complaints.Enqueue($"{message.Type} {message.Text} ({message.Location})");
            }
        };
        context.WebError += (_, error) => visitor.Complaints.Enqueue("script " + error.Error);
        context.Response += (_, response) =>
        {
            if (response.Status >= 400 && response.Request.ResourceType != "document")
            {
                visitor.Complaints.Enqueue($"{response.Status} {response.Url}");
            }
        };
        return visitor;
    }

    public Task<IResponse?> GoAsync(string address) => Page.GotoAsync(address);

    /// <summary>Another window of the same browser, with the same cookies.</summary>
    public Task<IPage> OpenWindowAsync() => context.NewPageAsync();

    public async Task<string> SessionCookieAsync() => (await context.CookiesAsync()).SingleOrDefault(c => c.Name == "postern_session")?.Value ?? "";

    /// <summary>The browser loses a cookie.</summary>
    public Task ForgetAsync(string cookie) => context.ClearCookiesAsync(new() { Name = cookie });

    public Task<IReadOnlyList<BrowserContextCookiesResult>> CookiesAsync() => context.CookiesAsync();

    /// <summary>Nothing in the browser's console, no violated policy, nothing missing.</summary>
    public void AssertContent() => Assert.Empty(Complaints);

    /// <summary>The same where pages refused something: their status is in the browser's console, and the test's to judge.</summary>
    public void AssertContentButForStatus() => Assert.DoesNotContain(Complaints, c => !c.Contains("Failed to load resource", StringComparison.Ordinal));

    public ValueTask DisposeAsync() => context.DisposeAsync();
}
