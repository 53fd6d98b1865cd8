using Microsoft.Playwright;

namespace Postern.Tests.Pages.Views;

/// <summary>The sign-in page, whatever its language.</summary>
public sealed class SignInView(IPage page)
{
    public ILocator Name => page.Locator("#username");

    public ILocator Password => page.Locator("#password");

    public ILocator Remember => page.Locator("input[name=remember]");

    public ILocator Submit => page.Locator("form button");

    public ILocator ContinueAs => page.Locator("main > a.button");

    public Task SignInAsync(Person person) => SignInAsync(person.Name, person.Password);

    public async Task SignInAsync(string name, string password)
    {
        await Name.FillAsync(name);
        await Password.FillAsync(password);
        await Submit.ClickAsync();
    }
}
