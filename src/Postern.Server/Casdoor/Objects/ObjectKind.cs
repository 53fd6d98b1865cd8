using System.Text.Json.Nodes;
using Postern.Server.Data.Secrets;

namespace Postern.Server.Casdoor.Objects;

/// <summary>How a JSON property stands in its column.</summary>
public enum ColumnType
{
    Text,
    Bool,
    Whole,
    Fraction,

    /// <summary>RFC 3339 on the wire, Unix milliseconds in the column; "" is 0.</summary>
    Time,

    /// <summary>Any JSON value as text.</summary>
    Json,
}

public sealed record ObjectColumn(string Property, string Name, ColumnType Type = ColumnType.Text);

public sealed record ObjectSecret(string Property, SecretColumn Column);

/// <summary>One kind of Casdoor object, declared once: its table, look-up columns, secrets and defaults.</summary>
public sealed record ObjectKind(string Name, string Plural, string Table)
{
    /// <summary>Casdoor's name of the type, for the messages of its decoder.</summary>
    public required string Type { get; init; }

    /// <summary>Every property in Casdoor's order with its type (contract section 4).</summary>
    public required ObjectShape Shape { get; init; }

    /// <summary>What the server looks up or decides on; <c>owner</c>, <c>name</c> and <c>createdTime</c> among them.</summary>
    public required IReadOnlyList<ObjectColumn> Columns { get; init; }

    public IReadOnlyList<ObjectSecret> Secrets { get; init; } = [];

    /// <summary>Secret properties without a column of their own, kept together in one ciphertext.</summary>
    public IReadOnlySet<string> Bagged { get; init; } = new HashSet<string>();

    public SecretColumn? Bag { get; init; }

    /// <summary>Properties that are computed at a read, or that we never keep: dropped whenever they are sent.</summary>
    public IReadOnlySet<string> NeverStored { get; init; } = new HashSet<string>();

    /// <summary>Properties that an add (an import) may set and an update may not.</summary>
    public IReadOnlySet<string> FixedAfterAdd { get; init; } = new HashSet<string>();

    /// <summary>The owner of every object of this kind, or null where the document says it.</summary>
    public string? FixedOwner { get; init; }

    /// <summary>The name that can be neither changed nor deleted (contract 4.1, 4.3).</summary>
    public string? BuiltIn { get; init; }

    /// <summary>Columns of Casdoor's type that only one object of the kind may have, beside its name.</summary>
    public IReadOnlyList<string> Unique { get; init; } = [];

    /// <summary>Whether names are unique within their owner only.</summary>
    public bool IsNamedWithinOwner { get; init; }

    /// <summary>A condition that tells the kind's rows from others of its table; empty where the table is its own.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Properties whose order within one owner an index holds, beside <c>createdTime</c>, which every list has.</summary>
    public IReadOnlyList<string> QuickOrders { get; init; } = [];

    /// <summary>Properties whose lower-cased beginning within one owner an index holds (<see cref="ListProperty.Beginning"/>).</summary>
    public IReadOnlyList<string> QuickBeginnings { get; init; } = [];

    /// <summary>Whether <see cref="Data.UserCounts"/> keeps how many there are.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Completes a new object, or refuses it with a sentence.</summary>
    public Func<JsonObject, TimeProvider, string?> Complete { get; init; } = (_, _) => null;

    /// <summary>Judges a change: the object as it is shown now, and the properties that would change.</summary>
    public Func<JsonObject, JsonObject, string?> JudgeChange { get; init; } = (_, _) => null;

    public ObjectColumn? ColumnOf(string property) => Columns.FirstOrDefault(c => c.Property == property);

    public ObjectSecret? SecretOf(string property) => Secrets.FirstOrDefault(s => s.Property == property);
}
