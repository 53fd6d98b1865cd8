using Postern.Directory.Objects.Kinds;

namespace Postern.Directory.Objects;

public static class ObjectKinds
{
    public static ObjectKind Organization => OrganizationKind.Kind;

    public static ObjectKind Application => ApplicationKind.Kind;

    public static ObjectKind Provider => ProviderKind.Kind;

    public static ObjectKind Cert => CertKind.Kind;

    public static ObjectKind User => UserKind.Kind;

    public static ObjectKind Group => GroupKind.Kind;

    public static ObjectKind Role => RoleKind.Kind;

    public static ObjectKind Permission => PermissionKind.Kind;

    public static ObjectKind Model => ModelKind.Kind;

    public static ObjectKind Resource => ResourceKind.Kind;

    public static IReadOnlyList<ObjectKind> All { get; } =
    [
        Organization, Application, Provider, Cert, User, Group, Role, Permission, Model,
        AdapterKind.Kind, EnforcerKind.Kind, Resource, WebhookKind.Kind, InvitationKind.Kind, SyncerKind.Kind, LdapKind.Kind, KeyKind.Kind, ProductKind.Kind, PlanKind.Kind, PricingKind.Kind, SubscriptionKind.Kind, OrderKind.Kind, PaymentKind.Kind, TransactionKind.Kind, CouponKind.Kind, TicketKind.Kind, FormKind.Kind, AgentKind.Kind, ServerKind.Kind, EntryKind.Kind, RuleKind.Kind, SiteKind.Kind,
    ];
}
