using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>The address of an object, <c>owner/name</c>.</summary>
public readonly record struct ObjectId(string Owner, string Name)
{
    public override string ToString() => $"{Owner}/{Name}";

    public static LocalizedText WrongCount(string id) =>
        new($"GetOwnerAndNameFromId() error, wrong token count for ID: {id}", $"ID 必须写成 owner/name：{id}");

    public static bool TryRead(string id, out ObjectId read)
    {
        var parts = id.Split('/');
        read = parts.Length == 2 ? new ObjectId(parts[0], parts[1]) : default;
        return parts.Length == 2;
    }

    /// <summary>The address of an object of a kind whose names may hold slashes.</summary>
    public static bool TryRead(string id, ObjectKind kind, out ObjectId read)
    {
        var slash = kind.NamesHoldSlashes ? id.IndexOf('/', StringComparison.Ordinal) : -1;
        read = slash < 0 ? default : new ObjectId(id[..slash], id[(slash + 1)..]);
        return slash >= 0 || TryRead(id, out read);
    }
}
