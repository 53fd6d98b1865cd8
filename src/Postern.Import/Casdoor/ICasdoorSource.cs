using System.Text.Json.Nodes;
using Postern.Directory.Objects;

namespace Postern.Import.Casdoor;

/// <summary>A section that is not imported, and how much stands in it.</summary>
public sealed record LeftSection(string Name, long Count);

/// <summary>Where Casdoor's objects are read from: its export, or its database.</summary>
public interface ICasdoorSource : IAsyncDisposable
{
    /// <summary>What may be shown of it.</summary>
    string DisplayName { get; }

    Task<long> CountAsync(ObjectKind kind);

    /// <summary>The objects of a kind as JSON, a page at a time; the order is the same whenever it is asked.</summary>
    IAsyncEnumerable<IReadOnlyList<JsonObject>> ReadAsync(ObjectKind kind);

    Task<SourceEntry?> FindAsync(ObjectKind kind, string owner, string name);

    /// <summary>What else it holds.</summary>
    Task<IReadOnlyList<LeftSection>> LeftAsync();

    /// <summary>The policy rules that an adapter keeps, the type first in each; null where they are not to be read here. One more than <paramref name="most"/> at most.</summary>
    Task<IReadOnlyList<string[]>?> RulesAsync(SourceEntry adapter, int most);

    /// <summary>Properties or columns with values that no kind knows.</summary>
    IReadOnlyCollection<string> Unknown { get; }
}
