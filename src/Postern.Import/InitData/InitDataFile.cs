using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Import.Objects;
using Postern.Storage.Databases;

namespace Postern.Import.InitData;

/// <summary>One object of init_data.json; its place is where it stands in the file, as in <c>users[3]</c>.</summary>
public sealed record InitEntry(ObjectKind Kind, string Owner, string Name, JsonObject Document, string Place)
{
    /// <summary>How the operator finds it.</summary>
    public string Title => $"{Kind.Name} {Owner}/{Name}";
}

/// <summary>Casdoor's init_data.json, read before the database is touched.</summary>
public sealed record InitDataFile(string Path, IReadOnlyList<InitEntry> Entries, IReadOnlyList<string> OtherSections)
{
    // A resource is a file, which the JSON does not hold.
    private static readonly ObjectKind[] Kinds = [.. ImportOrder.Kinds.Where(k => k != ObjectKinds.Resource)];

    private static readonly ObjectKind[] Needed = [ObjectKinds.Organization, ObjectKinds.Provider, ObjectKinds.Cert, ObjectKinds.Application, ObjectKinds.User];

    // Two values under one name cannot both be meant.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Whether an entry that cannot be taken refuses the file; of other kinds it is named in a warning.</summary>
    public static bool IsNeeded(ObjectKind kind) => Needed.Contains(kind);

    public bool Has(ObjectKind kind, string name) => Entries.Any(e => e.Kind == kind && e.Name == name);

    /// <exception cref="StartRefusedException">It cannot be read or is not in Casdoor's form.</exception>
    public static InitDataFile Read(string path)
    {
        var root = Parse(path);
        var entries = new List<InitEntry>();
        foreach (var kind in Kinds)
        {
            switch (root[kind.Plural])
            {
                case null:
                    break;
                case JsonArray section:
                    entries.AddRange(section.Select((node, index) => Entry(path, kind, node, $"{kind.Plural}[{index}]")));
                    break;
                default:
                    throw Refused(path, kind.Plural, "it must be an array of objects");
            }
        }

        var others = root.Where(p => Array.TrueForAll(Kinds, k => k.Plural != p.Key) && p.Value is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 }));
        return new InitDataFile(path, entries, [.. others.Select(p => p.Key)]);
    }

    public static StartRefusedException Refused(string path, string place, string reason) =>
        new($"initDataFile {path}, {place}, is refused: {reason}; nothing was written.");

    private static JsonObject Parse(string path)
    {
        try
        {
            return JsonNode.Parse(WithoutMark(File.ReadAllBytes(path)), documentOptions: Strict) as JsonObject
                ?? throw Refused(path, "line 1, position 1", "it must be one JSON object");
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"initDataFile {path} is refused: it must be a file that this user may read.", e);
        }
    }

    private static ReadOnlySpan<byte> WithoutMark(byte[] bytes) =>
        bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes;

    private static InitEntry Entry(string path, ObjectKind kind, JsonNode? node, string place)
    {
        if (node is not JsonObject document)
        {
            throw Refused(path, place, "it must be an object");
        }

        var named = kind.NameProperty;
        var name = Text(document, named) is { Length: > 0 } given ? given : throw Refused(path, place, $"{named} must be a text that is not empty");
        var owner = kind.FixedOwner ?? Text(document, "owner");
        if (owner is not { Length: > 0 })
        {
            owner = kind == ObjectKinds.User ? throw Refused(path, place, "owner must be the name of the user's organization") : "admin";
        }

        return new InitEntry(kind, owner, name, document, place);
    }

    private static string? Text(JsonObject document, string property) =>
        document[property] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
