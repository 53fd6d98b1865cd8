using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Import.Objects;
using Postern.Storage.Databases;

namespace Postern.Import.Casdoor;

/// <summary>Casdoor's export, <c>init_data.json</c>. Its form is judged whole before anything is taken from it.</summary>
public sealed class CasdoorFile : ICasdoorSource
{
    /// <summary>It is read whole; beyond, the database itself is the better source.</summary>
    public const long Largest = 512L * 1024 * 1024;

    private const int PageSize = 500;
    private const string Policies = "enforcerPolicies";

    // Two values under one name cannot both be meant.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly JsonDocument document;

    private CasdoorFile(string path, JsonDocument document) => (DisplayName, this.document) = (path, document);

    public string DisplayName { get; }

    public IReadOnlyCollection<string> Unknown => [];

    /// <exception cref="StartRefusedException">It cannot be read or is not in Casdoor's form.</exception>
    public static CasdoorFile Open(string path)
    {
        var document = Parse(path);
        try
        {
            Judge(path, document.RootElement);
            return new CasdoorFile(path, document);
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    public Task<long> CountAsync(ObjectKind kind) => Task.FromResult((long)(Section(kind.Plural)?.GetArrayLength() ?? 0));

    public async IAsyncEnumerable<IReadOnlyList<JsonObject>> ReadAsync(ObjectKind kind)
    {
        await Task.CompletedTask;
        if (Section(kind.Plural) is { } section)
        {
            foreach (var page in section.EnumerateArray().Chunk(PageSize))
            {
                yield return [.. page.Select(e => JsonObject.Create(e)!)];
            }
        }
    }

    public Task<SourceEntry?> FindAsync(ObjectKind kind, string owner, string name) => Task.FromResult(
        Section(kind.Plural)?.EnumerateArray().Where(e => e.GetProperty(kind.NameProperty).ValueEquals(name))
            .Select(e => SourceEntry.Of(kind, JsonObject.Create(e)!)).FirstOrDefault(e => e.Owner == owner));

    public Task<IReadOnlyList<LeftSection>> LeftAsync() => Task.FromResult<IReadOnlyList<LeftSection>>(
    [
        .. document.RootElement.EnumerateObject()
            .Where(p => p.Name != Policies && !ImportOrder.Kinds.Any(k => k.Plural == p.Name))
            .Select(p => new LeftSection(p.Name, p.Value.ValueKind switch
            {
                JsonValueKind.Array => p.Value.GetArrayLength(),
                JsonValueKind.Object => p.Value.EnumerateObject().Count(),
                JsonValueKind.Null => 0,
                _ => 1,
            }))
            .Where(s => s.Count > 0),
    ]);

    /// <summary>The export names rules by enforcer, and only those of the type <c>p</c>.</summary>
    public async Task<IReadOnlyList<string[]>?> RulesAsync(SourceEntry adapter, int most)
    {
        var rules = new List<string[]>();
        if (Section(Policies) is not { } policies)
        {
            return rules;
        }

        await foreach (var page in ReadAsync(EnforcerKind.Kind))
        {
            foreach (var enforcer in page.Select(e => SourceEntry.Of(EnforcerKind.Kind, e)))
            {
                if (ObjectTarget.Text(enforcer.Document, "adapter") == $"{adapter.Owner}/{adapter.Name}"
                    && policies.TryGetProperty($"{enforcer.Owner}/{enforcer.Name}", out var lines) && lines.ValueKind == JsonValueKind.Array)
                {
                    rules.AddRange(lines.EnumerateArray().Select(l => (string[])["p", .. l.EnumerateArray().Select(v => v.GetString()!)]));
                }
            }
        }

        return [.. rules.Take(most + 1)];
    }

    public ValueTask DisposeAsync()
    {
        document.Dispose();
        return ValueTask.CompletedTask;
    }

    private JsonElement? Section(string name) =>
        document.RootElement.TryGetProperty(name, out var section) && section.ValueKind != JsonValueKind.Null ? section : null;

    private static void Judge(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Refused(path, "line 1, position 1", "it must be one JSON object");
        }

        foreach (var kind in ImportOrder.Kinds)
        {
            if (!root.TryGetProperty(kind.Plural, out var section) || section.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (section.ValueKind != JsonValueKind.Array)
            {
                throw Refused(path, kind.Plural, "it must be an array of objects");
            }

            foreach (var (index, element) in section.EnumerateArray().Index())
            {
                JudgeObject(path, kind, element, $"{kind.Plural}[{index}]");
            }
        }

        if (root.TryGetProperty(Policies, out var policies) && policies.ValueKind != JsonValueKind.Null && !IsPolicies(policies))
        {
            throw Refused(path, Policies, "it must name enforcers, each with a list of rules, which are lists of texts");
        }
    }

    private static void JudgeObject(string path, ObjectKind kind, JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Refused(path, place, "it must be an object");
        }

        if (!HasText(element, kind.NameProperty))
        {
            throw Refused(path, place, $"{kind.NameProperty} must be a text that is not empty");
        }

        if (kind == ObjectKinds.User && !HasText(element, "owner"))
        {
            throw Refused(path, place, "owner must be the name of the user's organization");
        }
    }

    private static bool HasText(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String && !value.ValueEquals("");

    private static bool IsPolicies(JsonElement policies) =>
        policies.ValueKind == JsonValueKind.Object && policies.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.Null
            || (p.Value.ValueKind == JsonValueKind.Array && p.Value.EnumerateArray().All(
                r => r.ValueKind == JsonValueKind.Array && r.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String))));

    private static JsonDocument Parse(string path)
    {
        try
        {
            if (new FileInfo(path).Length > Largest)
            {
                throw new StartRefusedException($"--casdoor {path} is refused: it is larger than {Largest / 1024 / 1024} MB; import the database itself with --casdoor-db.");
            }

            var bytes = File.ReadAllBytes(path);
            return JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0), Strict);
        }
        catch (JsonException e) when (e.LineNumber is null)
        {
            throw Refused(path, "a property that stands twice in one object", e.Message.TrimEnd('.'));
        }
        catch (JsonException e)
        {
            // The reader counts from 0.
            throw Refused(path, $"line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}", "it is not JSON");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartRefusedException($"--casdoor {path} is refused: it must be a file that this user may read.", e);
        }
    }

    private static StartRefusedException Refused(string path, string place, string reason) =>
        new($"--casdoor {path}, {place}, is refused: {reason}; nothing was written.");
}
