namespace Postern.Server.Casdoor.Objects;

public static class ObjectKinds
{
    public static ObjectKind Organization => OrganizationKind.Kind;

    public static ObjectKind Application => ApplicationKind.Kind;

    public static ObjectKind Provider => ProviderKind.Kind;

    public static ObjectKind Cert => CertKind.Kind;

    public static ObjectKind User => UserKind.Kind;

    public static IReadOnlyList<ObjectKind> All { get; } = [Organization, Application, Provider, Cert, User];
}
