using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>The recorded objects of a new installation, asked of ours.</summary>
public sealed class GoldenFirstStartTests
{
    /// <summary>Ours beside Casdoor's properties.</summary>
    private static readonly string[] Ours = ["openPlatform", "tokenEndpointAuthMethod", "apiAccess", "jwksUri", "idTokenClaims", "jwks", "securityProfile", "firstSigninPolicy"];

    /// <summary>
    /// What is of one installation alone (keys, secrets, ids, times), and what we decided otherwise: no picture from
    /// elsewhere, no address or telephone that is nobody's, no sign-in yet, a key of 2,048 bits, and the grant that was always allowed by name.
    /// </summary>
    private static readonly Dictionary<string, string[]> Otherwise = new()
    {
        ["organization"] = ["balanceCurrency", "createdTime"],
        ["application"] =
        [
            "certPublicKey", "clientId", "clientSecret", "createdTime", "displayName", "grantTypes", "homepageUrl", "logo",
            "organizationObj", "providers", "signinItems",
        ],
        ["user"] = ["avatar", "createdTime", "email", "id", "lastSigninIp", "lastSigninTime", "passwordSalt", "passwordType", "phone", "updatedTime"],
        ["cert"] = ["bitSize", "certificate", "createdTime", "privateKey"],
    };

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_objects_of_a_first_start_read_as_recorded(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Golden.Path("first-start.json"), TestContext.Current.CancellationToken))!.AsObject();
        var differences = new List<string>();
        foreach (var kind in new[] { "organization", "application", "user", "cert" })
        {
            var (path, recorded) = golden.Single(p => p.Key.StartsWith($"/api/get-{kind}?", StringComparison.Ordinal));
            var expected = recorded!["data"]!.AsObject();
            var actual = (await administrator.GetAsync(path))["data"]!.AsObject();
            Assert.Equal(expected.Select(p => p.Key), actual.Select(p => p.Key).Where(p => !Ours.Contains(p)));
            differences.AddRange(expected.Where(p => !JsonNode.DeepEquals(p.Value, actual[p.Key])).Select(p => $"{kind}.{p.Key}"));
            foreach (var (property, value) in expected)
            {
                Assert.True(value is null || actual[property] is null || value.GetValueKind() == actual[property]!.GetValueKind(), $"{kind}.{property}: {actual[property]?.ToJsonString()}");
            }
        }

        Assert.Equal(Otherwise.SelectMany(o => o.Value.Select(v => $"{o.Key}.{v}")).Order(StringComparer.Ordinal), differences.Order(StringComparer.Ordinal));
    }
}
