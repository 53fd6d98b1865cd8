using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Postern.Tests.Pages.Chromium))]

namespace Postern.Tests.Pages;

/// <summary>One headless Chromium for all tests; each visitor has cookies of their own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>The visitor's language, the width of the screen, and whether the browser runs scripts.</summary>
    public static readonly Visit English = new("en-US", 1280, true);

    // Chromium looks for its makers' servers at each start; the tests talk to this machine only.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly Lazy<Task<(IPlaywright Driver, IBrowser Chromium)>> started = new(StartAsync);

    public async Task<Visitor> VisitAsync(Visit? visit = null)
    {
        var (locale, width, hasScripts) = visit ?? English;
        var (_, chromium) = await started.Value;
        return await Visitor.OfAsync(await chromium.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = locale,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            JavaScriptEnabled = hasScripts,
            // A button that still moves is clicked where it was.
            ReducedMotion = ReducedMotion.Reduce,
        }));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated)
        {
            var (driver, chromium) = await started.Value;
            await chromium.DisposeAsync();
            driver.Dispose();
        }
    }

    private static async Task<(IPlaywright Driver, IBrowser Chromium)> StartAsync()
    {
        var path = Environment.GetEnvironmentVariable("POSTERN_TEST_CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium";
        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"No Chromium at {path}: run the tests by ./test, which installs one, or name yours in POSTERN_TEST_CHROMIUM.");
        }

        // Long enough for a machine that has much else to do; a test that holds waits for none of it.
        Assertions.SetDefaultExpectTimeout(Visitor.Patience);
        var driver = await Playwright.CreateAsync();
        return (driver, await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Flags }));
    }
}

public sealed record Visit(string Locale, int Width, bool HasScripts = true);
