using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;

namespace Postern.Tests.Casdoor.Objects;

/// <param name="Items">As their readers see them.</param>
/// <param name="Total">How many there are on all pages.</param>
public sealed record ListedPage(IReadOnlyList<JsonObject> Items, long Total);

/// <summary>Lists as routes read them.</summary>
internal static class Lists
{
    public static async Task<Prepared<ListedPage>> ReadAsync(Database database, ObjectKind kind, ObjectQuery query)
    {
        using var body = new ListBody(new ListMemory());
        var found = await ObjectStore.ListAsync(database, kind, query, body);
        if (found.Value is not { } page)
        {
            return new(null, found.Refusal);
        }

        using var bytes = new MemoryStream();
        bytes.Write("["u8);
        await page.Body.WriteToAsync(bytes, CancellationToken.None);
        bytes.Write("]"u8);
        return new ListedPage([.. JsonNode.Parse(bytes.ToArray())!.AsArray().Select(i => i!.AsObject())], page.Total);
    }
}
