using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>What a preparation came to: a value, or the sentence that refuses it.</summary>
public readonly record struct Prepared<T>(T? Value, LocalizedText Refusal)
    where T : class
{
    public static implicit operator Prepared<T>(T value) => new(value, LocalizedText.None);
}

/// <summary>
/// An object ready to be written: its column values with secrets already encrypted, because nothing is encrypted inside
/// a write function.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The row's id, which its ciphertexts are tied to.</param>
/// <param name="Values">Column name (from the kind's fixed list) to value.</param>
public sealed record PreparedObject(ObjectKind Kind, string Id, IReadOnlyDictionary<string, object?> Values)
{
    /// <summary>A password that must be hashed before the write; null where there is none.</summary>
    public string? ClearPassword { get; init; }

    /// <summary>The members of each list that stands in <c>memberships</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Lists { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Whose it will be (<see cref="ObjectTarget.OrganizationOf(StoredObject)"/>).</summary>
    public string Organization => Kind == ObjectKinds.Organization ? Name : (string)Values.GetValueOrDefault("organization", Values["owner"])!;

    public string Owner => (string)Values["owner"]!;

    public string Name => (string)Values["name"]!;

    /// <summary>With columns that no document can set.</summary>
    public PreparedObject And(params (string Column, object? Value)[] more) =>
        this with { Values = Values.Concat(more.Select(m => KeyValuePair.Create(m.Column, m.Value))).ToDictionary() };
}

/// <summary>A change ready to be written: only the columns that change, on the row that was read.</summary>
public sealed record PreparedUpdate(StoredObject Stored, IReadOnlyDictionary<string, object?> Values, long Now)
{
    /// <summary>Whose it will be.</summary>
    public string Organization
    {
        get
        {
            var column = Stored.Kind == ObjectKinds.Organization ? "name" : Stored.Kind == ObjectKinds.Application || Stored.Kind.IsShared ? "organization" : "owner";
            return (string)Values.GetValueOrDefault(column, Stored.Text(column))!;
        }
    }

    /// <summary>Under whose names it will be.</summary>
    public string Owner => (string)Values.GetValueOrDefault("owner", Stored.Owner)!;

    /// <summary>A password that must be hashed before the write; null where there is none.</summary>
    internal string? ClearPassword { get; init; }

    /// <summary>The lists that are replaced in <c>memberships</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Lists { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>An administrator has set what these columns tell of, not the user.</summary>
    public PreparedUpdate Vouching(IReadOnlyList<string> columns) =>
        this with { Values = Values.Where(v => !columns.Contains(v.Key)).Concat(columns.Select(c => KeyValuePair.Create(c, (object?)false))).ToDictionary() };

    /// <summary>With columns that no document can set.</summary>
    public PreparedUpdate And(params (string Column, object? Value)[] more) =>
        this with { Values = Values.Concat(more.Select(m => KeyValuePair.Create(m.Column, m.Value))).ToDictionary() };
}
