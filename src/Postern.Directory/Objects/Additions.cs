using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>What <c>add-</c> asks of a new object beyond its shape: rules that an import of what another server kept does not ask.</summary>
public static class Additions
{
    /// <summary>Names who adds the object, in a kind that keeps it and where the document does not say it.</summary>
    public static void NameCaller(ObjectKind kind, JsonObject document, Caller caller)
    {
        if (kind.CallerProperty is { } property)
        {
            document[property] ??= caller.User is { } user ? $"{user.Owner}/{user.Name}" : "";
        }
    }

    /// <summary>Fills what the object's organization decides and judges the rest, before anything is hashed or encrypted.</summary>
    /// <param name="kind">The object's.</param>
    /// <param name="document">Read and of the right types; filled in place.</param>
    /// <param name="organization">The object's; null where there is none.</param>
    /// <param name="caller">Who adds it.</param>
    /// <returns>The sentence that refuses it, or null.</returns>
    public static LocalizedText? Complete(ObjectKind kind, JsonObject document, Organization? organization, Caller caller)
    {
        if (kind == ObjectKinds.User)
        {
            // Clients send an id of their own making, and one official SDK the same for every user: it is ours to make
            // (docs/data-ownership.md).
            if (!caller.IsGlobalAdmin)
            {
                document.Remove("id");
            }

            UserRules.CleanDisplayName(document);
            FillIfEmpty(document, "avatar", organization?.DefaultAvatar);
        }
        else if (kind == ObjectKinds.Application)
        {
            FillIfEmpty(document, "tokenFormat", organization?.DefaultTokenFormat);
        }

        return ControlCharacters.Refuse(kind, document)
            ?? SignInLimits.Refuse(kind, ObjectTarget.Text(document, "name"), document)
            ?? (kind == ObjectKinds.Application ? ApplicationKind.RefuseRedirects(document["redirectUris"]) : null)
            ?? (kind == ObjectKinds.User ? RefuseUser(document, organization) : null);
    }

    /// <summary>Judged inside the write: what two additions at the same instant could both find free.</summary>
    public static async Task<LocalizedText?> RefuseTakenAsync(DbConnection connection, DbTransaction transaction, PreparedObject added) =>
        added.Kind == ObjectKinds.User ? await UserRules.RefuseTakenAsync(connection, transaction, added.Owner, added.Id, added.Values)
        : added.Kind == TokenKind.Kind ? await IssuedTokens.FindAsync(connection, added.Name, transaction) is null ? null : new LocalizedText(
            $"The token: {added.Name} already exists",
            $"令牌: {added.Name} 已存在")
        : null;

    private static LocalizedText? RefuseUser(JsonObject document, Organization? organization) =>
        UserRules.RefuseName(ObjectTarget.Text(document, "name"), organization)
        ?? PasswordOptions.RefuseLength(ObjectTarget.Text(document, "password"))
        ?? UserRules.RefuseContacts(document);

    private static void FillIfEmpty(JsonObject document, string property, string? value)
    {
        if (value is { Length: > 0 } && ObjectTarget.Text(document, property).Length == 0)
        {
            document[property] = value;
        }
    }
}
