using System.Text.Json.Nodes;
using Postern.Directory.Credentials;
using Postern.Directory.Credentials.Formats;
using Postern.Directory.Objects.Kinds;

namespace Postern.Directory.Objects;

/// <summary>
/// Passwords in clear text. To hash one takes a core for a while, so it is done last, when everything else was judged, and in a
/// server in the queue of all passwords.
/// </summary>
public sealed partial class ObjectStore
{
    /// <summary>With our hash of the password, computed at once: at a start, in a command, in an import.</summary>
    public PreparedObject HashNow(PreparedObject prepared) => prepared.ClearPassword is { } clear ? WithHash(prepared, PasswordHashes.Hash(clear)) : prepared;

    /// <summary>With our hash of the password, computed when it is this user's turn.</summary>
    public async Task<PreparedObject> HashAsync(PreparedObject prepared, PasswordChecks checks, CancellationToken cancel) =>
        prepared.ClearPassword is { } clear ? WithHash(prepared, await checks.HashAsync(new(prepared.Owner, prepared.Name), clear, cancel)) : prepared;

    /// <inheritdoc cref="HashAsync(PreparedObject, PasswordChecks, CancellationToken)"/>
    public async Task<PreparedUpdate> HashAsync(PreparedUpdate prepared, PasswordChecks checks, CancellationToken cancel)
    {
        if (prepared.ClearPassword is not { } clear)
        {
            return prepared;
        }

        var stored = prepared.Stored;
        return prepared.And(PasswordColumn(stored.Id, await checks.HashAsync(new(stored.Owner, stored.Name), clear, cancel))) with { ClearPassword = null };
    }

    private PreparedObject WithHash(PreparedObject prepared, string hash)
    {
        var (column, value) = PasswordColumn(prepared.Id, hash);
        return prepared with { ClearPassword = null, Values = new Dictionary<string, object?>(prepared.Values) { [column] = value } };
    }

    private (string Column, object? Value) PasswordColumn(string id, string hash)
    {
        var column = UserKind.Kind.SecretOf("password")!.Column;
        return (column.Column, secrets.Protect(column, id, hash));
    }

    /// <summary>Takes a password in clear text out of a user, who will have our hash of it; one that came hashed stays.</summary>
    private static string? TakeClearPassword(JsonObject user)
    {
        var (password, type) = (Text(user, "password"), Text(user, "passwordType"));
        if (password.Length == 0)
        {
            // A type without a hash says nothing, and ours is given with a hash of ours only.
            if (PasswordFormats.IsOwn(type))
            {
                user.Remove("passwordType");
            }

            return null;
        }

        if (!PasswordFormats.IsClear(type))
        {
            return null;
        }

        user.Remove("password");
        user.Remove("passwordSalt");
        user["passwordType"] = PasswordHashes.Type;
        return password;
    }

    private static void RequireHashed(string? clearPassword)
    {
        if (clearPassword is not null)
        {
            throw new InvalidOperationException("The password of this user has not been hashed.");
        }
    }
}
