using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Server.Data;
using Postern.Server.Data.Secrets;

namespace Postern.Server.SignIn.Gate;

/// <summary>
/// Second factors are not offered yet. Where a user has one, or the user or the organization requires one, a password alone is not enough,
/// so sign-in by password is closed.
/// </summary>
internal static class SecondFactors
{
    public const string Required = "Required";

    public static GateRefusal? Judge(UserLimits limits, bool hasSecretFactor, string organizationItems) =>
        limits.HasFactor || hasSecretFactor ? GateRefusal.SecondFactor
        : Requires(limits.MfaItems.Length > 0 ? limits.MfaItems : organizationItems) ? GateRefusal.SecondFactorRequired
        : null;

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
