using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Tests.Pages;
using Postern.Tests.Pages.Views;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.Clients;

/// <summary>A client library of somebody else's that asks for the browser, and for time to pass.</summary>
public sealed class NpmClient(NpmPackages packages, Household home, Visitor visitor)
{
    /// <summary>Where a client that serves pages itself does so.</summary>
    public string SiteUrl { get; init; } = "";

    /// <exception cref="InvalidOperationException">The flow failed; the message is what the library said.</exception>
    public Task RunAsync(string library, string flow, JsonObject? privateJwk, CancellationToken cancel) => NodeFlow.RunAsync(packages, library, flow, new JsonObject
    {
        ["issuer"] = home.Server.Issuer,
        ["clientId"] = home.Tenant.ClientId,
        ["clientSecret"] = home.Tenant.ClientSecret,
        ["redirectUri"] = home.Client.RedirectUri,
        ["signedOutUri"] = home.Client.SignedOutUri,
        ["displayName"] = home.Person.DisplayName,
        ["email"] = "mei@example.com",
        ["privateJwk"] = privateJwk,
        ["siteUrl"] = SiteUrl,
    }, DoAsync, cancel);

    private async Task<string> DoAsync(string what, JsonElement value)
    {
        switch (what)
        {
            case "browse":
                return await BrowseAsync(value.GetString()!);
            case "approve":
                await visitor.GoAsync(value.GetString()!);
                await new DeviceView(visitor.Page).Submit.ClickAsync();
                await new SignInView(visitor.Page).SignInAsync(home.Person);
                await Expect(new DeviceView(visitor.Page).Code).Not.ToHaveValueAsync("");
                await new DeviceView(visitor.Page).Submit.ClickAsync();
                await new DecisionView(visitor.Page).Allow.ClickAsync();
                await Expect(visitor.Status).ToBeVisibleAsync();
                return "";
            case "pass":
                home.Server.Clock.Advance(TimeSpan.FromSeconds(value.GetInt32()));
                return "";
            default:
                throw new InvalidOperationException("A client asks for " + what);
        }
    }

    /// <summary>Does what the pages ask until the browser is back at the client.</summary>
    private async Task<string> BrowseAsync(string address)
    {
        var signIn = new SignInView(visitor.Page);
        await visitor.GoAsync(address);
        if (await signIn.Name.CountAsync() > 0)
        {
            await signIn.SignInAsync(home.Person);
        }
        else if (await new AccountView(visitor.Page).SignOut.CountAsync() > 0)
        {
            await new AccountView(visitor.Page).SignOut.ClickAsync();
        }

        await Expect(visitor.Heading).ToContainTextAsync("at the client");
        return visitor.Page.Url;
    }
}
