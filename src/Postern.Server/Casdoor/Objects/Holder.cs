namespace Postern.Server.Casdoor.Objects;

/// <summary>Whom roles and permissions may name; he need not be written yet.</summary>
internal sealed record Holder(string Id, string Owner, string Name);
