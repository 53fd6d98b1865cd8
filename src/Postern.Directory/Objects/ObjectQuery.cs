namespace Postern.Directory.Objects;

/// <summary>
/// What a list asks for. Without both <see cref="Page"/> and <see cref="PageSize"/> it is the whole list, by
/// age, and filters do not count; <see cref="ObjectStore.LongestList"/> bounds every answer.
/// </summary>
public sealed record ObjectQuery
{
    public string Owner { get; init; } = "";
    public string Organization { get; init; } = "";

    /// <summary>The only name that the list may hold; empty for any.</summary>
    public string Only { get; init; } = "";

    /// <summary>The user that the objects must name, by the name of now; empty for any.</summary>
    public string User { get; init; } = "";

    /// <summary>The id of the user whose the objects must be: a user's own list; empty for any.</summary>
    public string UserId { get; init; } = "";

    /// <summary>Of users: only those of this group, <c>organization/name</c>; empty for all.</summary>
    public string Group { get; init; } = "";
    /// <summary>The most objects of one answer, paged or not.</summary>
    public int Most { get; init; } = ObjectStore.LongestList;
    public long? PageSize { get; init; }
    public long? Page { get; init; }
    public string Field { get; init; } = "";
    public string Value { get; init; } = "";

    /// <summary>
    /// Ours (<c>match=prefix</c>): <see cref="Field"/> begins with <see cref="Value"/> instead of holding it somewhere. Without
    /// a <see cref="SortField"/> the list is then in the field's order, which an index answers at any size.
    /// </summary>
    public bool IsBeginning { get; init; }
    public string SortField { get; init; } = "";
    public bool IsAscending { get; init; }

    public bool IsPaged => PageSize is not null && Page is not null;

    public bool IsFiltered => IsPaged && Field.Length > 0 && Value.Length > 0;

    public bool IsSorted => IsPaged && SortField.Length > 0;
}

/// <param name="Body">The objects as their readers see them.</param>
/// <param name="Total">How many there are on all pages; of a list that is not paged, how many these are.</param>
public sealed record ObjectPage(ListBody Body, long Total);
