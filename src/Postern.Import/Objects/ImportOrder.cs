using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;

namespace Postern.Import.Objects;

/// <summary>Every kind in an order in which later ones find what they need: an organization before what is its own, applications and providers before users.</summary>
internal static class ImportOrder
{
    private static readonly ObjectKind[] First =
    [
        ObjectKinds.Organization, ObjectKinds.Provider, ObjectKinds.Cert, ObjectKinds.Application, ObjectKinds.Group, ObjectKinds.Model,
        AdapterKind.Kind, EnforcerKind.Kind, ObjectKinds.Role, ObjectKinds.User, ObjectKinds.Permission,
    ];

    public static IReadOnlyList<ObjectKind> Kinds { get; } = [.. First, .. ObjectKinds.All.Except(First)];
}
