namespace Postern.Server.Casdoor.Objects;

/// <summary>One kind of Casdoor object, declared once: its table, look-up columns, secrets and defaults.</summary>
public sealed record ObjectKind(string Name, string Plural, string Table);
