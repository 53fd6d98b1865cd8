using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Start;
using Xunit;

namespace Postern.Tests.Importing;

/// <summary>What is taken from a Casdoor and nothing here acts on is told to the operator.</summary>
public sealed class KeptSettingTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_import_names_each_setting_that_nothing_acts_on_with_its_objects(DatabaseDriver driver)
    {
        await using var from = await ImportedFrom.NewAsync(driver, CasdoorSource.File, world =>
        {
            world["applications"][0]!["enableExclusiveSignin"] = true;
            world["applications"][0]!["formCss"] = "";
            foreach (var user in new[] { "mei", "twin-a" })
            {
                world.User(user)["github"] = "octo-" + user;
            }

            world.Sections["syncers"] = new JsonArray(new JsonObject { ["owner"] = "tea", ["name"] = "hr", ["type"] = "Database" });
        });

        var (_, dry) = await from.RunAsync(apply: false);
        var (_, report) = await from.RunAsync();

        Assert.Equal(KeptOf(dry), KeptOf(report));
        Assert.Contains("applications: enableExclusiveSignin (1: tea-app)", KeptOf(report));
        Assert.Contains("syncers (1: tea/hr)", KeptOf(report));
        Assert.Contains("users: github (2: tea/mei, tea/twin-a)", KeptOf(report));
        Assert.DoesNotContain(KeptOf(report), line => line.Contains("formCss", StringComparison.Ordinal) || line.Contains("octo", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_start_that_takes_a_file_names_them_too(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(
            """
            {
              "organizations": [{"owner": "admin", "name": "tea", "languages": ["en", "es", "fr", "de", "ja", "zh", "vi", "pt", "tr", "pl", "uk"]}],
              "applications": [{"owner": "admin", "name": "tea-app", "organization": "tea", "clientId": "tea-client", "enableExclusiveSignin": true}]
            }
            """);

        var first = await installed.StartAsync();

        Assert.Single(first.Log, line => line.Contains("nothing here acts on (docs/properties.md): applications: enableExclusiveSignin (1: admin/tea-app).", StringComparison.Ordinal));
    }

    private static List<string> KeptOf(string report) =>
        [.. report.Split("(kept only)")[1].Split("docs/properties.md")[0].Split('\n').Skip(1).Select(line => line.Trim()).Where(line => line.Length > 0)];
}
