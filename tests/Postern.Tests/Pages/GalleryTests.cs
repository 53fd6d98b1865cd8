using Microsoft.Playwright;
using Postern.Tests.Clients;
using Xunit;

namespace Postern.Tests.Pages;

/// <summary>What holds on every page. With a folder in POSTERN_TEST_SCREENSHOTS each page is also left there as a picture.</summary>
public sealed class GalleryTests(Chromium browser, Neighbourhood neighbourhood, NpmPackages packages)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("POSTERN_TEST_SCREENSHOTS") is { Length: > 0 } folder ? folder : null;

    [Theory]
    [InlineData("en-US", 1280)]
    [InlineData("en-US", 375)]
    [InlineData("zh-CN", 1280)]
    [InlineData("zh-CN", 375)]
    public async Task Every_page_fits_its_screen_speaks_one_language_and_is_accessible_in_light_and_dark(string locale, int width)
    {
        await using var visitor = await browser.VisitAsync(new Visit(locale, width));
        var faults = new List<string>();
        var rooms = 0;
        await foreach (var room in new Gallery(neighbourhood, visitor).WalkAsync())
        {
            rooms++;
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                faults.AddRange((await FaultsAsync(visitor.Page, scheme, locale)).Select(fault => $"{room} {scheme}: {fault}"));
                if (Pictures is not null)
                {
                    await visitor.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, $"{room}-{locale}-{width}-{scheme}.png") });
                }
            }
        }

        Assert.Empty(faults);
        Assert.Equal(23, rooms);
        visitor.AssertContent();
    }

    private async Task<List<string>> FaultsAsync(IPage page, ColorScheme scheme, string locale)
    {
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
        var faults = new List<string>(await Accessibility.ViolationsAsync(page, packages));
        var wider = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        if (wider > 0)
        {
            faults.Add($"{wider} pixels wider than the screen");
        }

        var (language, text) = (await page.GetAttributeAsync("html", "lang"), await page.InnerTextAsync("h1"));
        if (language != (locale == "zh-CN" ? "zh-CN" : "en") || text.Any(c => c > 0x2fff) != (locale == "zh-CN"))
        {
            faults.Add($"{language} '{text}' for who reads {locale}");
        }

        return faults;
    }
}
