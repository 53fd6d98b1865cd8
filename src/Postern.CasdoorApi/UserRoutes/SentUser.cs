using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>The fields of a request about one user that the caller administers, or why there is none.</summary>
internal sealed record SentUser(ObjectId Id, SentFields Fields, IResult? Refusal)
{
    /// <param name="call">The request.</param>
    /// <param name="needed">The fields that must be sent beside owner and name.</param>
    public static async Task<SentUser> ReadAsync(RouteCall call, params string[] needed)
    {
        var read = await SentFields.ReadAsync(call.Context);
        if (read.Value is not { } sent)
        {
            return Refused(Envelope.Error(ErrorCode.InvalidRequest, read.Refusal));
        }

        if (sent.RefuseTarget(("owner", "name")) is { } different)
        {
            return Refused(Envelope.Error(ErrorCode.InvalidRequest, different));
        }

        var id = new ObjectId(sent["owner"], sent["name"]);
        return id.Owner.Length == 0 || id.Name.Length == 0 || needed.Any(field => sent[field].Length == 0) ? Refused(Envelope.Error(ErrorCode.InvalidRequest, new(
            "Missing parameter",
            "缺少参数")))
            : call.Allows(id.Owner) ? new SentUser(id, sent, null)
            : Refused(Envelope.Denied());
    }

    private static SentUser Refused(IResult refusal) => new(new ObjectId("", ""), new SentFields(), refusal);
}
