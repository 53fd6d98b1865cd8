using System.Diagnostics;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.OpenApi;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.AdminConsole;

/// <summary>The console's own checks: its types, its unit tests, its texts, and the client that is made from the server's document.</summary>
public sealed class ConsoleBuildTests(Servers servers)
{
    private static readonly string Folder = Path.Combine(RepositoryFolder.Path, "console");

    [Fact]
    public async Task Its_types_fit_and_its_own_tests_hold_both_languages_whole_among_them() =>
        Assert.Equal("", await RunAsync("npm", "run", "check", "--silent"));

    [Fact]
    public async Task Its_typed_client_is_that_of_the_document_the_server_serves()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-client-").FullName;
        try
        {
            var (document, made) = (Path.Combine(folder, "v1.json"), Path.Combine(folder, "schema.d.ts"));
            await File.WriteAllTextAsync(
                document, await (await servers.OnAsync(DatabaseDriver.Sqlite)).Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

            Assert.Equal("", await RunAsync("npx", "--no-install", "openapi-typescript", document, "-o", made));

            Assert.True(
                await File.ReadAllTextAsync(made, TestContext.Current.CancellationToken) == await File.ReadAllTextAsync(Path.Combine(Folder, "src", "api", "schema.d.ts"), TestContext.Current.CancellationToken),
                "console/src/api/schema.d.ts is not what /openapi/v1.json says now: start the server and run 'npm run api' in console/");
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Its_list_of_what_is_kept_only_is_the_servers()
    {
        var expected = new JsonObject
        {
            ["kinds"] = Names(Schemas.Kinds.Where(k => k.IsKeptOnly).Select(k => k.Name)),
            ["properties"] = new JsonObject(Schemas.Kinds.Where(k => k.KeptOnly.Count > 0).OrderBy(k => k.Name, StringComparer.Ordinal)
                .Select(k => KeyValuePair.Create<string, JsonNode?>(k.Name, Names(k.KeptOnly)))),
        };

        var actual = await File.ReadAllTextAsync(Path.Combine(Folder, "src", "api", "kept.json"), TestContext.Current.CancellationToken);

        Assert.Equal(expected.ToJsonString(), JsonNode.Parse(actual)!.ToJsonString());

        static JsonArray Names(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal).Select(n => (JsonNode)n)];
    }

    /// <summary>Nothing where it ended well, else all that it said.</summary>
    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? "" : await output + await error;
    }
}
