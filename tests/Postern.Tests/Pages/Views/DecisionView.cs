using Microsoft.Playwright;

namespace Postern.Tests.Pages.Views;

/// <summary>A page that asks whether an application or a device may have what it asks for.</summary>
public sealed class DecisionView(IPage page)
{
    public ILocator Asked => page.Locator("main li");

    public ILocator Allow => page.Locator("button[value=allow]");

    public ILocator Refuse => page.Locator("button[value=refuse]");
}
