namespace Postern.Directory.Objects;

/// <summary>A user that roles and permissions may give something to; the row need not be written yet.</summary>
public sealed record Holder(string Id, string Owner);
