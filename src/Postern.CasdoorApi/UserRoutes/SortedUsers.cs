using System.Globalization;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>
/// <c>GET /api/get-sorted-users</c>: the first users of an organization by one property, the greatest first.
/// What may be sorted by, and how long it may take, is the rule of every list (decision 0009).
/// </summary>
internal static class SortedUsers
{
    private const int Most = 1000;

    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        if (UserCount.OwnerOf(call) is not { } owner)
        {
            return Envelope.Denied();
        }

        var (sent, sorter) = (call.Query("limit"), call.Query("sorter"));
        if (sorter.Length == 0)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new("sorter must not be empty", "sorter 不能为空"));
        }

        // Without a limit there are no rows, as at Casdoor.
        var limit = 0;
        if (sent.Length > 0 && (!int.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit > Most))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new($"limit must be a number of at most {Most}", $"limit 必须是不大于 {Most} 的数字"));
        }

        return await call.ListAsync(ObjectKinds.User, new ObjectQuery { Owner = owner, SortField = sorter, PageSize = limit, Page = 1 });
    }
}
