using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Directory.Credentials;

/// <summary>
/// Second factors are not offered yet. Where a user has one, or the user or the organization requires one, a password alone is not enough,
/// so sign-in by password is closed.
/// </summary>
public static class SecondFactors
{
    public const string Required = "Required";

    /// <summary>The properties of a user's second factors, each with what says that there is none.</summary>
    public static JsonObject None => new()
    {
        ["totpSecret"] = null, ["recoveryCodes"] = null, ["preferredMfaType"] = "", ["mfaPhoneEnabled"] = false, ["mfaEmailEnabled"] = false,
        ["mfaRadiusEnabled"] = false, ["mfaPushEnabled"] = false,
    };

    /// <summary>Whether a user as another server keeps it has a second factor, or must have one.</summary>
    public static bool AreOf(JsonObject user) =>
        None.Any(p => user[p.Key] switch
        {
            JsonArray list => list.Count > 0,
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>().Length > 0,
            var other => other?.GetValueKind() == JsonValueKind.True,
        }) || Requires(user["mfaItems"]?.ToJsonString() ?? "");

    /// <summary>The user without any, and without the demand for one.</summary>
    public static JsonObject Without(JsonObject user)
    {
        var without = (JsonObject)user.DeepClone();
        foreach (var property in None.Select(p => p.Key).Append("mfaItems"))
        {
            without.Remove(property);
        }

        return without;
    }

    /// <summary>Whether the user has the secret of a second factor, or codes in its place.</summary>
    public static bool HasSecret(User user, SecretStore secrets)
    {
        if (user.Secrets.Length == 0)
        {
            return false;
        }

        var bag = secrets.Read(SecretColumn.UserSecrets, user.Id, user.Secrets);
        return bag.Length > 0 && JsonNode.Parse(bag) is JsonObject kept
            && ((kept["totpSecret"] is JsonValue totp && totp.TryGetValue<string>(out var text) && text.Length > 0) || kept["recoveryCodes"] is JsonArray { Count: > 0 });
    }

    /// <summary>Whether a JSON array of {name,rule} has one with the rule Required.</summary>
    public static bool Requires(string items)
    {
        if (!items.Contains(Required, StringComparison.Ordinal))
        {
            return false;
        }

        using var document = JsonDocument.Parse(items);
        return document.RootElement.ValueKind == JsonValueKind.Array && document.RootElement.EnumerateArray().Any(item =>
            item.ValueKind == JsonValueKind.Object && item.TryGetProperty("rule", out var rule) && rule.ValueKind == JsonValueKind.String && rule.GetString() == Required);
    }
}
