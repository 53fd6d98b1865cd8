using System.Security.Cryptography;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Key: an access key of an organization, an application or a user.</summary>
internal static class KeyKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("key", "keys", "Key",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, type S, organization N, application S, user S, accessKey N,
            accessSecret S, expireTime S, state S
            """) with
    {
        IsKeptOnly = true,
        Bagged = new HashSet<string> { "accessSecret" },
        Lookup = "accessKey",
        Shown = "accessSecret",
        Complete = (document, _) =>
        {
            foreach (var property in new[] { "accessKey", "accessSecret" })
            {
                if (ObjectTarget.Text(document, property).Length == 0)
                {
                    document[property] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
                }
            }

            return null;
        },
    };
}
