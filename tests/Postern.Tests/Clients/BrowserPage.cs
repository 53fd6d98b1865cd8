using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages;

namespace Postern.Tests.Clients;

/// <summary>A client's web site at another origin than the server: a page of <c>tests/clients/browser</c>, and its own <c>/api/signin</c>.</summary>
internal sealed class BrowserPage(string script) : IAsyncDisposable
{
    private LoopbackSite? site;
    private JsonObject settings = [];
    private Household? home;

    public string Address => site!.Address;

    /// <summary>The same site by the name that the server has too: browsers send the server's cookies from its frames.</summary>
    public string OwnAddress => Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    public static async Task<BrowserPage> StartAsync(NpmPackages packages, string library)
    {
        var page = new BrowserPage(await BundleAsync(packages, library));
        page.site = await LoopbackSite.StartAsync(page.AnswerAsync);
        return page;
    }

    /// <summary>The application that its users sign in to.</summary>
    public void Use(Household household)
    {
        home = household;
        settings = new JsonObject
        {
            ["serverUrl"] = household.Server.Issuer,
            ["clientId"] = household.Tenant.ClientId,
            ["application"] = household.Tenant.Application,
            ["organization"] = household.Tenant.Organization,
        };
    }

    public ValueTask DisposeAsync() => site?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/script.js":
                context.Response.ContentType = "text/javascript; charset=utf-8";
                return context.Response.WriteAsync(script);
            case "/api/signin" when HttpMethods.IsPost(context.Request.Method):
                return SignInAsync(context);
            default:
                context.Response.ContentType = "text/html; charset=utf-8";
                return context.Response.WriteAsync(
                    $"""
                    <!doctype html><html lang="en"><title>Client</title><link rel="icon" href="data:,"><div id="root"></div>
                    <script>window.settings = {settings.ToJsonString()}</script>
                    <script type="module" src="/script.js"></script></html>
                    """);
        }
    }

    /// <summary>What such a site's server does with the code: it has the secret.</summary>
    private async Task SignInAsync(HttpContext context)
    {
        var tenant = home!.Tenant;
        var tokens = await tenant.TokenAsync(
            ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret),
            ("code", context.Request.Query["code"].ToString()));
        var answer = tokens["access_token"] is { } token
            ? new JsonObject { ["status"] = "ok", ["token"] = token, ["name"] = tokens.Claims("access_token").GetProperty("displayName").GetString() }
            : new JsonObject { ["status"] = "error", ["msg"] = tokens.Text };
        await context.Response.WriteAsJsonAsync(answer);
    }

    private static async Task<string> BundleAsync(NpmPackages packages, string library)
    {
        await packages.EnsureAsync();
        // One copy of Vue for the page and the plugin, as the builds of Vue's own tools make it.
        string[] arguments =
        [
            $"browser/{library}.mjs", "--bundle", "--format=esm", "--log-level=warning",
            "--alias:vue=vue/dist/vue.runtime.esm-bundler.js", "--define:process.env.NODE_ENV=\"production\"",
        ];
        var start = new ProcessStartInfo(Path.Combine(NpmPackages.Folder, "node_modules", ".bin", "esbuild"), arguments)
        {
            WorkingDirectory = NpmPackages.Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var esbuild = Process.Start(start)!;
        var (output, error) = (esbuild.StandardOutput.ReadToEndAsync(), esbuild.StandardError.ReadToEndAsync());
        await esbuild.WaitForExitAsync();
        return esbuild.ExitCode == 0 ? await output : throw new InvalidOperationException($"esbuild of {library} failed:\n{await error}");
    }
}
