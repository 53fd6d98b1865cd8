using System.Net.Http.Headers;
using System.Text;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Identities;

/// <summary>A user with an access token, who calls the routes of our own.</summary>
internal sealed class Member : IDisposable
{
    private readonly HttpClient http;

    public Member(Tenant tenant, Answer signIn)
    {
        Tenant = tenant;
        Id = signIn.Claims("access_token").GetProperty("sub").GetString()!;
        http = new HttpClient { BaseAddress = tenant.Server.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signIn["access_token"]);
    }

    public Tenant Tenant { get; }

    public string Id { get; }

    public static async Task<Member> ByPasswordAsync(Tenant tenant, string name) => new(tenant, await tenant.TokenAsync(
        ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret),
        ("username", name), ("password", PasswordUsers.Password)));

    public static async Task<Member> ByCodeAsync(Tenant tenant, string persona) => new(tenant, await tenant.SignInAsync(tenant.Code(persona)));

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body);

    /// <summary>The ids of the identities that the list names.</summary>
    public async Task<IReadOnlyList<string>> IdentityIdsAsync(string kind)
    {
        var list = (await GetAsync("/api/identities")).Body.GetProperty("identities");
        return [.. list.EnumerateArray().Where(i => i.GetProperty("kind").GetString() == kind).Select(i => i.GetProperty("id").GetString()!)];
    }

    public void Dispose() => http.Dispose();

    private async Task<Answer> SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await http.SendAsync(request);
        return await Answer.OfAsync(response);
    }
}
