using Postern.Directory.Objects;

namespace Postern.CasdoorApi.Enforcement;

/// <summary>What the query names to judge by: exactly one of five.</summary>
public sealed record EnforcerSource(string Parameter, string Owner, string Name)
{
    private const string OfOwner = "owner";
    private static readonly string[] Parameters = ["permissionId", "modelId", "resourceId", "enforcerId"];

    public static Prepared<EnforcerSource> Of(IQueryCollection query)
    {
        var named = Parameters.Where(p => Sent(query, p).Length > 0).ToList();
        if (named.Count == 0 && Sent(query, OfOwner) is { Length: > 0 } owner)
        {
            return new EnforcerSource(OfOwner, owner, "");
        }

        if (named.Count != 1)
        {
            return new(null, new(
                "exactly one of permissionId, modelId, resourceId, enforcerId and owner must be given",
                "permissionId、modelId、resourceId、enforcerId 和 owner 必须且只能给出一个"));
        }

        var value = query[named[0]].ToString();
        return ObjectId.TryRead(value, out var id) ? new EnforcerSource(named[0], id.Owner, id.Name) : new Prepared<EnforcerSource>(null, ObjectId.WrongCount(value));
    }

    /// <summary>Casdoor's Java library sends the word null for what is not set.</summary>
    private static string Sent(IQueryCollection query, string parameter) => query[parameter].ToString() is var text and not "null" ? text : "";
}
