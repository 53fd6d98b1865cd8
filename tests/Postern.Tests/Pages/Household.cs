using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Pages.Views;

namespace Postern.Tests.Pages;

/// <summary>One application with its client and one person who may sign in to it.</summary>
public sealed record Household(TestServer Server, ClientListener Client, Tenant Tenant, Person Person)
{
    public const string Verifier = "a-verifier-of-at-least-forty-three-characters-0123";

    public string At(string path) => Server.Issuer + path;

    /// <summary>An authorization request; a later parameter of the same name takes the place of the usual one.</summary>
    public string AuthorizeAddress(params (string Name, string Value)[] more)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = Tenant.ClientId,
            ["response_type"] = "code",
            ["redirect_uri"] = Client.RedirectUri,
            ["scope"] = "openid profile",
            ["state"] = "s-1",
            ["nonce"] = "n-1",
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in more)
        {
            parameters[name] = value;
        }

        // The listener is everybody's: whose answer it is stands in the state.
        parameters["state"] = StateOf(parameters["state"]!);
        return QueryHelpers.AddQueryString(At("/login/oauth/authorize"), parameters);
    }

    /// <summary>The answer to the request with this state.</summary>
    public Task<Arrival> ArrivalAsync(string state, CancellationToken cancel) => Client.NextOfAsync(StateOf(state), cancel);

    /// <summary>The same, when the browser has shown the client's page.</summary>
    public async Task<Arrival> ArriveAsync(Visitor visitor, string state, CancellationToken cancel)
    {
        await Assertions.Expect(visitor.Heading).ToHaveTextAsync("Arrived at the client");
        return await ArrivalAsync(state, cancel);
    }

    private string StateOf(string state) => $"{Tenant.ClientId}.{state}";

    /// <summary>Begins a session at the account page, with the application's own sign-in page.</summary>
    public async Task SignInAsync(Visitor visitor)
    {
        await visitor.GoAsync(At("/login/" + Tenant.Organization));
        await new SignInView(visitor.Page).SignInAsync(Person);
        await Assertions.Expect(new AccountView(visitor.Page).Details).ToBeVisibleAsync();
    }

    /// <summary>Whether an administrator wants the person to set another password before the next sign-in.</summary>
    public async Task AskForNewPasswordAsync(bool isWanted)
    {
        using var administrator = await Administrator.OfAsync(Server);
        await administrator.WriteAsync(
            $"/api/update-user?id={Tenant.Organization}/{Person.Name}&columns=needUpdatePassword", new System.Text.Json.Nodes.JsonObject { ["needUpdatePassword"] = isWanted });
    }

    /// <summary>What the client gets for a code.</summary>
    public Task<Answer> RedeemAsync(string code) => Tenant.TokenAsync(
        ("grant_type", "authorization_code"), ("client_id", Tenant.ClientId), ("code", code), ("redirect_uri", Client.RedirectUri), ("code_verifier", Verifier));

    public async Task<Answer> BeginDeviceAsync()
    {
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("client_id", Tenant.ClientId), KeyValuePair.Create("scope", "openid profile")]);
        using var response = await Server.Http.PostAsync(new Uri("/api/device-auth", UriKind.Relative), content);
        return await Answer.OfAsync(response);
    }

    public Task<Answer> PollDeviceAsync(string deviceCode) => Tenant.TokenAsync(
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("client_id", Tenant.ClientId), ("device_code", deviceCode));

    /// <summary>Waits until the server keeps the logo that its pages want.</summary>
    public async Task LogoAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await Server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from logos where content_type <> ''")) == 0)
        {
            await timer.WaitForNextTickAsync();
        }
    }

    public Task<bool> SetAsync(string columns) => Server.Database.WriteAsync(async (connection, transaction) =>
        Written.Commit(await connection.ExecuteAsync($"update applications set {columns} where client_id = @ClientId", new { Tenant.ClientId }, transaction) == 1));
}
