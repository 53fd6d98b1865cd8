using System.Globalization;
using System.Text.Json;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>The properties of a user's body that rules read.</summary>
internal sealed record UserLimits
{
    private static readonly UserLimits None = new();
    private static readonly string[] FactorFlags = ["mfaPhoneEnabled", "mfaEmailEnabled", "mfaRadiusEnabled", "mfaPushEnabled"];

    public string Tag { get; init; } = "";

    public string IpWhitelist { get; init; } = "";

    public bool NeedUpdatePassword { get; init; }

    /// <summary>Unix milliseconds; 0 = never.</summary>
    public long LastChangePasswordTime { get; init; }

    /// <summary>A second factor that is no secret of the user's: a text message, an e-mail, a push notification, RADIUS.</summary>
    public bool HasFactor { get; init; }

    /// <summary>JSON array of {name,rule}, in the place of the organization's; empty = the organization's counts.</summary>
    public string MfaItems { get; init; } = "";

    public static UserLimits Of(User user)
    {
        if (user.Body.Length <= 2)
        {
            return None;
        }

        using var document = JsonDocument.Parse(user.Body);
        var body = document.RootElement;
        return new UserLimits
        {
            Tag = Text(body, "tag"),
            IpWhitelist = Text(body, "ipWhitelist"),
            NeedUpdatePassword = IsTrue(body, "needUpdatePassword"),
            LastChangePasswordTime = Time(Text(body, "lastChangePasswordTime")),
            HasFactor = Text(body, "preferredMfaType").Length > 0 || FactorFlags.Any(flag => IsTrue(body, flag)),
            MfaItems = body.TryGetProperty("mfaItems", out var items) && items.ValueKind == JsonValueKind.Array && items.GetArrayLength() > 0 ? items.GetRawText() : "",
        };
    }

    private static string Text(JsonElement body, string property) =>
        body.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static bool IsTrue(JsonElement body, string property) => body.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.True;

    private static long Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeMilliseconds() : 0;
}
