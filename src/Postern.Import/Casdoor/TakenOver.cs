using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>Which of Casdoor's own objects have replaced, or would replace, the installation's.</summary>
public sealed class TakenOver
{
    public bool Cert { get; set; }

    public bool Application { get; set; }

    /// <summary>The id that the administrator gets; null where it stays.</summary>
    public string? AdministratorId { get; set; }

    public bool IsAny => Cert || Application || AdministratorId is not null;

    public bool Has(SourceEntry entry) =>
        entry.Kind == ObjectKinds.Cert ? Cert && (entry.Owner, entry.Name) == ("admin", Certs.BuiltIn)
        : entry.Kind == ObjectKinds.Application ? Application && entry.Name == Applications.BuiltIn
        : entry.Kind == ObjectKinds.User && AdministratorId is not null && (entry.Owner, entry.Name) == (Organizations.BuiltIn, Users.AdministratorName);
}
