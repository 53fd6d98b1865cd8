using System.Globalization;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.Calls;

/// <summary>Reads what a list asks for from the query of its address.</summary>
internal static class ListParameters
{
    /// <summary>As the address says, or the message that refuses it.</summary>
    public static Prepared<ObjectQuery> Read(IQueryCollection sent)
    {
        var (pageSize, number) = (sent["pageSize"].ToString(), sent["p"].ToString());
        if (pageSize.Length > 0 && !long.TryParse(pageSize, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return new(null, new("pageSize must be a number", "pageSize 必须是数字"));
        }

        return new ObjectQuery
        {
            Owner = sent["owner"].ToString(),
            Organization = sent["organization"].ToString(),
            PageSize = pageSize.Length > 0 ? long.Parse(pageSize, CultureInfo.InvariantCulture) : null,
            // A page that is no number is the first page, as at Casdoor.
            Page = number.Length == 0 ? null : long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read) ? read : 1,
            // Python and Rust look for a user's transactions so, without pages.
            User = sent["user"].ToString() is { Length: > 0 } user ? user : pageSize.Length == 0 && sent["field"] == "user" ? sent["value"].ToString() : "",
            Field = sent["field"].ToString(),
            Value = sent["value"].ToString(),
            SortField = sent["sortField"].ToString(),
            IsAscending = sent["sortOrder"] == "ascend",
            IsBeginning = sent["match"] == "prefix",
        };
    }
}
