using System.Net.Http.Headers;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Casdoor.Accounts;

/// <summary>A client of the account routes that keeps no cookies by itself, and a tenant that has a new organization's account items.</summary>
internal sealed class AccountsHost : IAsyncDisposable
{
    private AccountsHost(Tenant tenant, HttpClient http) => (Tenant, Http) = (tenant, http);

    public Tenant Tenant { get; }

    public HttpClient Http { get; }

    public static async Task<AccountsHost> StartAsync(TestServer server)
    {
        var tenant = await server.NewTenantAsync();
        var http = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server.Http.BaseAddress };
        var host = new AccountsHost(tenant, http);
        await host.ExecuteAsync("update organizations set account_items = @items where name = @Organization", new { items = AccountItems.Default().ToJsonString(), tenant.Organization });
        return host;
    }

    /// <summary>Signs a Mini Program user in: the access token.</summary>
    public async Task<Answer> SignInAsync(string person) => await Tenant.SignInAsync(Tenant.Code(person), person);

    public async Task<string> AddUserAsync(string organization, string name, string password, bool isAdmin = false)
    {
        var store = new ObjectStore(Tenant.Server.Secrets, Tenant.Server.Clock);
        var prepared = store.PrepareAdd(ObjectKinds.User, new() { ["owner"] = organization, ["name"] = name, ["password"] = password, ["isAdmin"] = isAdmin }).Value!.Hashed(Tenant.Server.Secrets);
        await Tenant.Server.Database.WriteAsync(async (connection, transaction) => Written.Commit(await ObjectStore.AddAsync(connection, transaction, prepared)));
        return prepared.Id;
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? authorization = null, string? body = null, string contentType = "application/json", params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (authorization is not null)
        {
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        using var response = await Http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public Task<Answer> GetAsync(string path, string? authorization = null) => SendAsync(HttpMethod.Get, path, authorization);

    public Task<Answer> UpdateAsync(string token, string body, string query = "") =>
        SendAsync(HttpMethod.Post, "/api/update-user" + query, "Bearer " + token, body);

    public Task<Answer> LoginAsync(string name, string password, string? organization = null) => SendAsync(HttpMethod.Post, "/api/login", null,
        $$"""{"type":"login","application":"{{Tenant.Application}}","organization":"{{organization ?? Tenant.Organization}}","username":"{{name}}","password":"{{password}}"}""", "text/plain");

    public Task<int> ExecuteAsync(string sql, object parameters) => Tenant.Server.Database.WriteAsync(async (connection, transaction) =>
        Written.Commit(await connection.ExecuteAsync(sql, parameters, transaction)));

    public Task<IReadOnlyList<string>> ActionsAsync() => Tenant.Server.Database.ReadAsync<IReadOnlyList<string>>(async connection =>
        [.. await connection.QueryAsync<string>("select action from records where organization = @Organization order by id", new { Tenant.Organization })]);

    public static string Cookie(Answer answer) => answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return ValueTask.CompletedTask;
    }
}
