using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.AuditTrail;

/// <summary>A secret in every property of every kind that may hold one: none is in the trail, in its lists or its export.</summary>
public sealed class RecordCanaryTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_secret_of_any_write_is_in_the_trail(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var trail = await Trail.OfAsync(server);
        using var global = await Administrator.OfAsync(server);
        // Of the kinds that share a table, those that have secrets.
        foreach (var kind in ObjectKinds.All.Where(k => !k.IsShared || (k.Bagged.Count > 0 && k.NameProperty == "name")))
        {
            var name = kind.Name + "-" + trail.Organization;
            var owner = kind == ObjectKinds.User ? trail.Organization : "admin";
            string[] named = ["apiToken", "my_password", "sessionCode", "privateKey2", "clientSecret3"];
            var body = new JsonObject { ["owner"] = owner, ["name"] = name, ["organization"] = trail.Organization };
            Plant("a");
            if (kind == ObjectKinds.Cert)
            {
                // A key pair is judged: that kind makes its own.
                body.Remove("privateKey");
                body["type"] = "SSL";
            }

            Assert.Equal("Affected", await global.WriteAsync($"/api/add-{kind.Name}", body));
            Plant("b");
            body.Remove("privateKey");
            kind.FixedAfterAdd.ToList().ForEach(property => body.Remove(property));
            body["displayName"] = "changed";
            Assert.Equal("Affected", await global.WriteAsync($"/api/update-{kind.Name}?id={owner}/{name}", body));
            Assert.Equal("Affected", await global.WriteAsync($"/api/delete-{kind.Name}", new() { ["owner"] = owner, ["name"] = name }));
            var records = await RecordsOfAsync($"{owner}/{name}");
            Assert.Equal([$"add-{kind.Name}", $"update-{kind.Name}", $"delete-{kind.Name}"], records.Select(r => r.Action));
            Assert.Contains("changed", records[1].Values, StringComparison.Ordinal);
            Assert.Contains("***", records[1].Values, StringComparison.Ordinal);
            Assert.All(records, r => Assert.DoesNotContain("canary", r.Values, StringComparison.Ordinal));

            void Plant(string round)
            {
                foreach (var property in kind.Secrets.Select(s => s.Property).Concat(kind.Bagged).Concat(named))
                {
                    body[property] = kind.Shape.Find(property)?.Type == "M" ? new JsonObject { ["X-Key"] = $"canary-{property}-{round}" }
                        : kind.Shape.ZeroOf(property) is null && kind.Shape.Has(property)
                        ? property == "recoveryCodes" ? new JsonArray($"canary-{property}-{round}") : new JsonArray(new JsonObject { ["value"] = $"canary-{property}-{round}" })
                        : $"canary-{property}-{round}";
                }

                body["nested"] = new JsonObject { ["list"] = new JsonArray(new JsonObject { ["name"] = "X-Api-Key", ["value"] = "canary-pair" }, new JsonObject { ["accessToken"] = "canary-deep" }) };
                body["note"] = "-----BEGIN PRIVATE KEY-----canary";
            }
        }

        Assert.DoesNotContain("canary", (await server.GetAsync("/api/export-records?format=csv", await trail.GlobalAsync())).Text, StringComparison.Ordinal);

        async Task<IReadOnlyList<(string Action, string Values)>> RecordsOfAsync(string target) => [.. await server.Database.ReadAsync(c => c.QueryAsync<(string, string)>(
            "select action, new_values || old_values || detail from records where object = @target and organization = 'built-in' order by id", new { target }))];
    }
}
