using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>How many users there are, soft-deleted ones included: kept by triggers, because counting a million rows takes its time.</summary>
public static class UserCounts
{
    /// <summary>The users of one organization; of all where <paramref name="owner"/> is empty. It costs the same at any number.</summary>
    public static Task<long> OfAsync(DbConnection connection, string owner) => connection.ExecuteScalarAsync<long>(
        owner.Length > 0
            ? "select cast(coalesce(sum(total), 0) as bigint) from user_counts where owner = @owner"
            : "select cast(coalesce(sum(total), 0) as bigint) from user_counts",
        new { owner });
}
