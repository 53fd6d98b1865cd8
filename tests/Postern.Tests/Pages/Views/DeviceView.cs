using Microsoft.Playwright;

namespace Postern.Tests.Pages.Views;

/// <summary>Where the code of a device is typed, and then confirmed.</summary>
public sealed class DeviceView(IPage page)
{
    public ILocator Code => page.Locator("#code");

    public ILocator Submit => page.Locator("form button");

    public ILocator CodeShown => page.Locator(".code-shown");

    public async Task EnterAsync(string code)
    {
        await Code.FillAsync(code);
        await Submit.ClickAsync();
    }
}
