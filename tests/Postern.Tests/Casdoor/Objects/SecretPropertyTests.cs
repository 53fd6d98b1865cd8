using System.Text.Json.Nodes;
using Postern.CasdoorApi.OpenApi;
using Postern.Directory.Objects;
using Postern.Directory.Records;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>Whatever goes by the name of a secret is declared as one, or stands here with its reason.</summary>
public sealed class SecretPropertyTests(Servers servers)
{
    private static readonly string[] Words = ["key", "headers", "credential", "pin", "sign"];

    /// <summary>What only sounds so.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["Application.codeResendTimeout"] = "a number of seconds",
        ["Application.enableCodeSignin"] = "a switch",
        ["Application.enablePassword"] = "a switch",
        ["Application.enableSamlAssertionSignature"] = "a switch",
        ["Application.jwks"] = "public keys; a private one is refused",
        ["Application.cookieExpireInHours"] = "a number of hours",
        ["Rule.statusCode"] = "a number of RFC 9110",
        ["Cert.accessKey"] = "the id of a key of a cloud; its secret is accessSecret",
        ["Key.accessKey"] = "the id of a key; its secret is accessSecret",
        ["Coupon.code"] = "printed on what is given away",
        ["Invitation.code"] = "read and sent by administrators; it opens nothing here",
        ["Invitation.defaultCode"] = "read and sent by administrators; it opens nothing here",
        ["User.invitationCode"] = "which invitation a user came by; it opens nothing here",
        ["User.needUpdatePassword"] = "a switch",
        ["User.faceIds"] = "descriptions of a face, not what a person knows; nobody signs in by them here",
        ["User.webauthnCredentials"] = "public keys",
        ["Token.codeIsUsed"] = "a switch",
        ["Token.codeExpireIn"] = "a number of seconds",
        ["Token.tokenType"] = "a word of RFC 6749",
        ["Organization.passwordExpireDays"] = "a number of days",
        ["Organization.tokenRetentionDays"] = "a number of days",
        ["Webhook.tokenFields"] = "names of properties",
    };

    [Fact]
    public void Every_property_with_the_name_of_a_secret_is_a_declared_secret_or_has_a_reason()
    {
        var clear = from kind in Schemas.Kinds
                    from property in kind.Shape.Properties
                    where property.Type is not ("B" or "I" or "F") || SecretNames.IsOne(property.Name)
                    where SecretNames.IsOne(property.Name) || Words.Any(w => property.Name.EndsWith(w, StringComparison.OrdinalIgnoreCase))
                    where kind.SecretOf(property.Name) is null && !kind.Bagged.Contains(property.Name) && !kind.NeverStored.Contains(property.Name)
                    select $"{kind.Type}.{property.Name}";
        Assert.Equal([], clear.Where(c => !Others.ContainsKey(c)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_declared_secret_stands_in_the_database_in_clear_or_in_a_list(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var canary = "canary" + world.Organization;
        foreach (var kind in Schemas.Kinds.Where(k => k.Bagged.Count > 0 || k.Secrets.Count > 0).Where(k => k != ObjectKinds.Cert))
        {
            var body = new JsonObject { ["owner"] = kind.FixedOwner ?? world.Organization, [kind.NameProperty] = world.Name("secret"), ["organization"] = world.Organization };
            foreach (var property in kind.Secrets.Select(s => s.Property).Concat(kind.Bagged))
            {
                body[property] = kind.Shape.Find(property)!.Type switch
                {
                    "S" => canary + property,
                    "S[]" => new JsonArray(canary + property),
                    "M" => new JsonObject { ["X-Name"] = canary + property },
                    "ManagedAccount[]" => new JsonArray(new JsonObject { ["password"] = canary + property }),
                    "MfaAccount[]" => new JsonArray(new JsonObject { ["secretKey"] = canary + property }),
                    _ => new JsonArray(new JsonObject { ["name"] = "X-Name", ["value"] = canary + property }),
                };
            }

            var added = await administrator.PostAsync($"/api/add-{kind.Name}", body.ToJsonString());
            Assert.Equal((kind.Name, "ok"), (kind.Name, added.Body["status"]!.ToString()));
            var list = await administrator.GetAsync($"/api/get-{kind.Plural}?owner={kind.FixedOwner ?? world.Organization}&organization={world.Organization}");
            Assert.DoesNotContain(canary, list.ToJsonString(), StringComparison.Ordinal);
            Assert.Contains(world.Name("secret"), list.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(canary, await world.Server.DumpAsync(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_is_secret_in_an_address_is_not_in_the_trail(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        const string Address = "https://robot:canary-a@hooks.example/send?key=canary-b&access_token=canary-c&room=7#code=canary-d";
        var webhook = new JsonObject { ["owner"] = world.Organization, ["name"] = world.Name("hook"), ["organization"] = world.Organization, ["url"] = Address };
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-webhook", webhook));
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-webhook?id={world.Organization}/{world.Name("hook")}", new JsonObject { ["url"] = Address + "9" }));
        Assert.Equal("Affected", await administrator.WriteAsync("/api/delete-webhook", webhook));

        var found = (await administrator.GetAsync("/api/get-records?pageSize=10&p=1&field=action&value=webhook"))["data"]!.AsArray();
        var records = string.Concat(found.Where(r => r!["target"]!.ToString().EndsWith(world.Name("hook"), StringComparison.Ordinal)).Select(r => $"{r!["object"]} {r["oldObject"]}"));
        Assert.Contains("https://***@hooks.example/send?key=***&access_token=***&room=7#code=***", records, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-", records, StringComparison.Ordinal);
    }
}
