using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Tests.Pages;
using Postern.Tests.Pages.Views;
using static Microsoft.Playwright.Assertions;

namespace Postern.Tests.Clients;

/// <summary>A client library of somebody else's in a process of its own. It asks for the browser, and for time to pass.</summary>
public sealed class NpmClient(NpmPackages packages, Household home, Visitor visitor)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <exception cref="InvalidOperationException">The flow failed; the message is what the library said.</exception>
    public async Task RunAsync(string library, string flow, JsonObject? privateJwk, CancellationToken cancel)
    {
        await packages.EnsureAsync();
        var settings = new JsonObject
        {
            ["issuer"] = home.Server.Issuer,
            ["clientId"] = home.Tenant.ClientId,
            ["clientSecret"] = home.Tenant.ClientSecret,
            ["redirectUri"] = home.Client.RedirectUri,
            ["signedOutUri"] = home.Client.SignedOutUri,
            ["displayName"] = home.Person.DisplayName,
            ["email"] = "mei@example.com",
            ["privateJwk"] = privateJwk,
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using var node = Process.Start(new ProcessStartInfo("node", ["run.mjs", library, flow, settings.ToJsonString()])
        {
            WorkingDirectory = NpmPackages.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var error = node.StandardError.ReadToEndAsync(patience.Token);
            var isDone = false;
            while (await node.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                using var said = JsonDocument.Parse(line);
                var (what, value) = said.RootElement.EnumerateObject().Select(p => (p.Name, p.Value)).Single();
                if (what == "done")
                {
                    isDone = true;
                    break;
                }

                await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(await DoAsync(what, value)));
            }

            if (!isDone)
            {
                throw new InvalidOperationException($"{library} says of {flow}: {await error}");
            }
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill();
            }
        }
    }

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
