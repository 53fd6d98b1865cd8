namespace Postern.Server.Casdoor.Objects;

/// <summary>
/// An object ready to be written: its column values with secrets already encrypted, because nothing is encrypted inside
/// a write function.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The row's id, which its ciphertexts are tied to.</param>
/// <param name="Values">Column name (from the kind's fixed list) to value.</param>
public sealed record PreparedObject(ObjectKind Kind, string Id, IReadOnlyDictionary<string, object?> Values);
