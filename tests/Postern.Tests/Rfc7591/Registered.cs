using System.Text.Json.Nodes;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Rfc7591;

/// <summary>Organizations where clients may register themselves, and such clients.</summary>
internal static class Registered
{
    public const string Path = "/api/oauth/register";

    public static async Task<Tenant> NewTenantAsync(TestServer server, string policy = "open")
    {
        var tenant = await server.NewWebTenantAsync();
        await server.ExecuteAsync("update organizations set dcr_policy = @policy where name = @Organization", new { policy, tenant.Organization });
        await tenant.AddUserAsync("alice");
        return tenant;
    }

    public static JsonObject Metadata(params (string Name, JsonNode? Value)[] other)
    {
        var metadata = new JsonObject { ["redirect_uris"] = new JsonArray(Visitor.RedirectUri), ["client_name"] = "A tool", ["token_endpoint_auth_method"] = "none" };
        foreach (var (name, value) in other)
        {
            metadata[name] = value;
        }

        return metadata;
    }

    public static Task<Answer> RegisterAsync(Tenant tenant, JsonObject metadata, string? authorization = null) =>
        tenant.Server.PostJsonAsync($"{Path}?organization={tenant.Organization}", metadata.ToJsonString(), authorization);

    public static async Task<Answer> RegisterAsync(Tenant tenant, params (string Name, JsonNode? Value)[] other)
    {
        var answer = await RegisterAsync(tenant, Metadata(other));
        return answer.Status == 201 ? answer : throw new InvalidOperationException(answer.Text);
    }

    /// <summary>The registered client in the place of the tenant's own.</summary>
    public static Tenant As(this Tenant tenant, Answer registration) =>
        tenant with { ClientId = registration["client_id"]!, ClientSecret = registration["client_secret"] ?? "" };

    /// <summary>The whole flow of a registered client, the user's consent in the middle where it is asked for.</summary>
    public static async Task<Answer> SignInAsync(Tenant client, Visitor visitor, params (string, string)[] authorize)
    {
        var asked = await visitor.GetAsync(Visitor.Authorize(client.ClientId, authorize));
        var code = asked.Sent("code") ?? CodeOf(await visitor.SubmitAsync(asked, ("decision", "allow")));
        return await client.TokenAsync([("grant_type", "authorization_code"), ("client_id", client.ClientId), ("code", code), ("code_verifier", Visitor.Verifier),
            .. client.ClientSecret.Length > 0 ? [("client_secret", client.ClientSecret)] : Array.Empty<(string, string)>()]);
    }

    /// <summary>The code of a page that goes on to the client; "" where there is none.</summary>
    public static string CodeOf(Shown page) => System.Text.RegularExpressions.Regex.Match(page.Text, "[?&;]code=([A-Za-z0-9_-]+)").Groups[1].Value;
}
