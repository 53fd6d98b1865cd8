using System.Text.Json.Nodes;
using Postern.Directory.Objects;

namespace Postern.Import.Casdoor;

/// <summary>One object as Casdoor kept it.</summary>
public sealed record SourceEntry(ObjectKind Kind, string Owner, string Name, JsonObject Document)
{
    /// <summary>How the operator finds it; names of a file may be anything, and a terminal obeys control characters.</summary>
    public string Title => $"{Kind.Name} {Path}";

    public string Path => string.Concat($"{Owner}/{Name}".Select(c => char.IsControl(c) ? '?' : c));

    public static SourceEntry Of(ObjectKind kind, JsonObject document) => new(
        kind,
        kind.FixedOwner ?? (ObjectTarget.Text(document, "owner") is { Length: > 0 } owner ? owner : kind == ObjectKinds.User ? "" : "admin"),
        ObjectTarget.Text(document, kind.NameProperty),
        document);
}
