using Microsoft.Playwright;

namespace Postern.Tests.Pages.Views;

/// <summary>The account page, its list of applications, and the way out.</summary>
public sealed class AccountView(IPage page)
{
    public ILocator Details => page.Locator("dl");

    public ILocator ApplicationsLink => page.Locator("a[href='/account/applications']");

    public ILocator SignOutLink => page.Locator("a[href='/logout']");

    public ILocator Applications => page.Locator("main ul.plain > li");

    public ILocator Revoke => page.Locator("main li button");

    public ILocator SignOut => page.Locator("form[action='/logout'] button");
}
