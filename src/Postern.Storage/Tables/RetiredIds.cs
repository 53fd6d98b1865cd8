using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>
/// Ids that were used once and never name anything again: a token, a log or another system may still hold them
/// (docs/data-ownership.md).
/// </summary>
public static class RetiredIds
{
    public const string User = "user";
    public const string Client = "client";

    /// <summary>Names of users that were deleted or renamed, as <c>organization's id/name</c>: no sign-in chooses one of them.</summary>
    public const string UserName = "user name";

    /// <summary>
    /// The form in which ids are compared: letter case, full-width letters, blanks and invisible characters do not make a different id.
    /// </summary>
    public static string Form(string id)
    {
        var form = new StringBuilder(id.Length);
        foreach (var c in id)
        {
            if (char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            {
                // Full-width forms (U+FF01 to U+FF5E) are those of ASCII, as an input method for Chinese types them.
                form.Append(char.ToLowerInvariant(c is >= '\uff01' and <= '\uff5e' ? (char)(c - 0xfee0) : c));
            }
        }

        return form.ToString();
    }

    public static Task AddAsync(DbConnection connection, string kind, string id, long now, DbTransaction transaction) => connection.ExecuteAsync(
        "insert into retired_ids (kind, id, retired_time) values (@kind, @id, @now) on conflict do nothing",
        new { kind, id = Form(id), now }, transaction);

    public static async Task<bool> HasAsync(DbConnection connection, string kind, string id, DbTransaction? transaction = null) =>
        await connection.ExecuteScalarAsync<long>("select count(*) from retired_ids where kind = @kind and id = @id", new { kind, id = Form(id) }, transaction) > 0;
}
