using Microsoft.Playwright;
using Postern.Tests.Pages.Views;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.Pages;

/// <summary>Every hosted page in turn, each as a person meets it.</summary>
public sealed class Gallery(Neighbourhood neighbourhood, Visitor visitor)
{
    /// <summary>Enters one room after the other.</summary>
    public async IAsyncEnumerable<string> WalkAsync()
    {
        var home = await neighbourhood.SettleAsync(ConsentPageTests.Sensitive);
        var page = visitor.Page;
        var (signIn, device, account, decision) = (new SignInView(page), new DeviceView(page), new AccountView(page), new DecisionView(page));

        await visitor.GoAsync(home.AuthorizeAddress());
        yield return "sign-in";
        await signIn.SignInAsync(home.Person.Name, "wrong");
        await Expect(visitor.Alert).ToBeVisibleAsync();
        yield return "sign-in-refused";
        await visitor.ForgetAsync("postern_form");
        await signIn.SignInAsync(home.Person);
        await Expect(visitor.Alert).ToContainTextAsync("Cookie", new() { IgnoreCase = true });
        yield return "sign-in-again";
        await home.SetAsync("enable_password = false");
        await visitor.GoAsync(home.AuthorizeAddress());
        yield return "sign-in-closed";
        await home.SetAsync("enable_password = true");

        var branded = await neighbourhood.SettleAsync($"body = '{Branding}'");
        // The logo is fetched after the first page that wants it.
        await visitor.GoAsync(branded.AuthorizeAddress());
        await branded.LogoAsync();
        await visitor.GoAsync(branded.AuthorizeAddress());
        yield return "sign-in-branded";

        await visitor.GoAsync(home.At("/login/oauth/device"));
        yield return "device-code";
        await device.EnterAsync("BBBB-BBBB");
        yield return "device-code-unknown";

        await home.AskForNewPasswordAsync(true);
        await visitor.GoAsync(home.AuthorizeAddress());
        await signIn.SignInAsync(home.Person);
        await Expect(page.Locator("#new_password")).ToBeVisibleAsync();
        yield return "change-password";
        await page.Locator("#password").FillAsync(home.Person.Password);
        await page.Locator("#new_password").FillAsync("one-Password-1");
        await page.Locator("#new_password_again").FillAsync("another-Password-1");
        await signIn.Submit.ClickAsync();
        await Expect(visitor.Alert).ToBeVisibleAsync();
        yield return "change-password-refused";
        await home.AskForNewPasswordAsync(false);

        await home.SignInAsync(visitor);
        yield return "account";
        await visitor.GoAsync(home.At("/account/applications"));
        yield return "applications-none";
        await visitor.GoAsync(home.AuthorizeAddress(("prompt", "select_account")));
        yield return "choose-account";
        await visitor.GoAsync(home.AuthorizeAddress(("scope", "openid profile email phone address offline_access orders")));
        yield return "consent";
        // The browser stays where it is.
        await page.RouteAsync("**/callback*", route => route.AbortAsync(RequestAbortErrorCode.Aborted));
        await decision.Allow.ClickAsync();
        await Expect(page.Locator("main > a.button")).ToBeVisibleAsync();
        yield return "going-back";
        await page.GotoAsync(home.AuthorizeAddress(("response_mode", "form_post"), ("state", "for-list")), new() { WaitUntil = WaitUntilState.Commit });
        await Expect(page.Locator("main form button")).ToBeVisibleAsync();
        yield return "form-post";
        await page.UnrouteAsync("**/callback*");
        await page.Locator("main form button").ClickAsync();
        await home.RedeemAsync((await home.ArriveAsync(visitor, "for-list", default))["code"]!);
        await visitor.GoAsync(home.At("/logout"));
        await visitor.ForgetAsync("postern_form");
        await account.SignOut.ClickAsync();
        await Expect(visitor.Alert).ToBeVisibleAsync();
        yield return "sign-out-again";
        await home.SetAsync("""is_self_registered = true, body = '{"policyUri":"https://bookshop.example/privacy","termsOfUse":"https://bookshop.example/terms"}'""");
        await visitor.GoAsync(home.At("/account/applications"));
        await Expect(account.Applications).ToHaveCountAsync(1);
        yield return "applications";
        await visitor.GoAsync(home.AuthorizeAddress());
        yield return "consent-unverified";
        await home.SetAsync("is_self_registered = false");

        var waiting = await home.BeginDeviceAsync();
        await visitor.GoAsync(waiting["verification_uri_complete"]!);
        await device.Submit.ClickAsync();
        await Expect(device.CodeShown).ToBeVisibleAsync();
        yield return "device-confirm";
        await decision.Allow.ClickAsync();
        await Expect(visitor.Status).ToBeVisibleAsync();
        yield return "device-done";

        await visitor.GoAsync(home.At("/logout"));
        yield return "sign-out";
        await account.SignOut.ClickAsync();
        await Expect(visitor.Status).ToBeVisibleAsync();
        yield return "signed-out";
        await visitor.GoAsync(home.AuthorizeAddress(("redirect_uri", "https://elsewhere.example/callback")));
        yield return "error";
    }

    private static string Branding => $$$"""
        {"title":"Bücherei 书店","logo":"data:image/png;base64,{{{Logo}}}","themeData":{"isEnabled":true,"colorPrimary":"#ffd400"}}
        """;

    // A red square of 64 pixels.
    private const string Logo = "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsEtiEvtjLCP4FgYrsEz1axEQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQuCyROiEPuUV3nwAAAABJRU5ErkJggg==";
}
