using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

public sealed class PlanTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_new_plan_is_given_a_product_unless_it_names_one(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        using var administrator = await Administrator.OfAsync(tenant.Server);

        foreach (var (name, product) in new[] { ("monthly", ""), ("yearly", "year") })
        {
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-plan", new JsonObject
            {
                ["owner"] = tenant.Organization, ["name"] = name, ["displayName"] = "Member", ["price"] = 9.9, ["currency"] = "CNY", ["product"] = product,
            }));
        }

        var plan = await GetAsync("plan", "monthly");
        var made = await GetAsync("product", plan!["product"]!.GetValue<string>());
        Assert.StartsWith("product_", made!["name"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(("Member", 9.9, "CNY"), (made["displayName"]!.GetValue<string>(), made["price"]!.GetValue<double>(), made["currency"]!.GetValue<string>()));
        Assert.Equal("year", (await GetAsync("plan", "yearly"))!["product"]!.GetValue<string>());
        Assert.Null(await GetAsync("product", "year"));

        async Task<JsonNode?> GetAsync(string kind, string name) => (await administrator.GetAsync($"/api/get-{kind}?id={tenant.Organization}/{name}"))["data"];
    }
}
