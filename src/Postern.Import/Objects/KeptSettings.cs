using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;

namespace Postern.Import.Objects;

/// <summary>
/// What is taken from a Casdoor and nothing here acts on: per property how many objects have another value than a new object's. An
/// operator who relied on such a setting must know.
/// </summary>
internal sealed class KeptSettings(TimeProvider clock)
{
    private const int MostNamed = 5;

    private readonly Dictionary<ObjectKind, JsonObject> fresh = [];
    private readonly SortedDictionary<string, (int Count, List<string> Named)> found = new(StringComparer.Ordinal);

    /// <param name="kind">Of the object.</param>
    /// <param name="document">As the source has it.</param>
    /// <param name="title">How the object is named to the operator.</param>
    public void Note(ObjectKind kind, JsonObject document, string title)
    {
        if (kind.IsKeptOnly)
        {
            Add(kind.Plural, title);
            return;
        }

        foreach (var property in kind.KeptOnly)
        {
            if (document[property] is { } value && !IsFresh(kind, property, value))
            {
                Add($"{kind.Plural}: {property}", title);
            }
        }
    }

    /// <summary>A line per setting.</summary>
    public IEnumerable<string> Lines => found.Select(setting => string.Create(
        CultureInfo.InvariantCulture,
        $"{setting.Key} ({setting.Value.Count:N0}: {string.Join(", ", setting.Value.Named)}{(setting.Value.Count > setting.Value.Named.Count ? ", ..." : "")})"));

    private void Add(string setting, string name)
    {
        var (count, named) = found.GetValueOrDefault(setting, (0, []));
        if (named.Count < MostNamed)
        {
            named.Add(name);
        }

        found[setting] = (count + 1, named);
    }

    /// <summary>Whether it is as nothing set it: empty, or the default of a new object.</summary>
    private bool IsFresh(ObjectKind kind, string property, JsonNode value) => value switch
    {
        JsonArray { Count: 0 } or JsonObject { Count: 0 } => true,
        _ => JsonNode.DeepEquals(value, kind.Shape.ZeroOf(property)) || JsonNode.DeepEquals(value, FreshOf(kind)[property]),
    };

    private JsonObject FreshOf(ObjectKind kind)
    {
        if (!fresh.TryGetValue(kind, out var known))
        {
            fresh[kind] = known = [];
            // What it refuses does not matter here: the defaults that it fills in are compared.
            _ = kind.Complete(known, clock);
        }

        return known;
    }
}
