using Postern.Directory.Objects;

namespace Postern.CasdoorApi.SessionsAndTokens;

/// <summary>What the lists over several tables share.</summary>
internal static class ListWindow
{
    /// <summary>How many rows the answer holds, and how many stand before them; a page beyond the end is the last one.</summary>
    public static (long Size, long Offset) Of(ObjectQuery query, long total)
    {
        var size = query.IsPaged && query.PageSize >= 0 ? Math.Min(query.PageSize!.Value, ObjectStore.LongestList) : ObjectStore.LongestList;
        var last = size == 0 ? 1 : Math.Max(1, (total + size - 1) / size);
        return (size, size * ((query.IsPaged ? Math.Clamp(query.Page!.Value, 1, last) : 1) - 1));
    }
}
