using Postern.Tests.Fixtures;

namespace Postern.Tests.Rfc8628;

/// <summary>A device that began to sign in, and what its user does on the page.</summary>
internal sealed record Device(Tenant Tenant, string DeviceCode, string UserCode)
{
    public const string GrantType = "urn:ietf:params:oauth:grant-type:device_code";
    public const string Page = "/login/oauth/device";

    public static Task<Tenant> NewTenantAsync(TestServer server, string columns = "") => server.NewWebTenantAsync(GrantType, columns);

    public static async Task<Device> StartAsync(Tenant tenant, string scope = "openid profile")
    {
        var answer = await tenant.Server.PostFormAsync("/api/device-auth", [("client_id", tenant.ClientId), ("scope", scope)]);
        return answer.Status == 200 ? new Device(tenant, answer["device_code"]!, answer["user_code"]!) : throw new InvalidOperationException(answer.Text);
    }

    public Task<Answer> PollAsync() => Tenant.TokenAsync(("grant_type", GrantType), ("client_id", Tenant.ClientId), ("device_code", DeviceCode));

    public async Task<string> PollRefusalAsync() => (await PollAsync())["error"] ?? "";

    /// <summary>Types the code: the page that asks whether to allow it, where there is such a device.</summary>
    public static async Task<Shown> TypeAsync(Visitor visitor, string code) => await visitor.SubmitAsync(await visitor.GetAsync(Page), ("code", code));

    public async Task<Shown> DecideAsync(Visitor visitor, string decision) =>
        await visitor.SubmitAsync(await TypeAsync(visitor, UserCode), ("decision", decision));
}
