using System.Text.Json;
using Postern.Protocol;
using Postern.Server.Data;

namespace Postern.Server.Casdoor.Tokens;

/// <summary>Format <c>JWT-Standard</c>: OpenID Connect's claim names (Core §5.1).</summary>
internal static class StandardClaims
{
    public static void Write(Utf8JsonWriter writer, User user, UserClaims claims, string scope)
    {
        var words = scope.Replace(',', ' ');
        writer.WriteString("owner", user.Owner);
        WriteSet(writer, "preferred_username", user.Name);
        writer.WriteString("id", user.Id);
        WriteSet(writer, "name", user.DisplayName);
        WriteSet(writer, "picture", user.Avatar);
        WriteSet(writer, "email", user.Email);
        if (claims.IsEmailVerified)
        {
            writer.WriteBoolean("email_verified", true);
        }

        if (Scopes.Contains(words, "profile"))
        {
            WriteSet(writer, "gender", claims.Value("gender"));
        }

        if (Scopes.Contains(words, "phone") && user.Phone.Length > 0)
        {
            // E.164 where the country is known; no number here was verified, so no flag says so.
            writer.WriteString("phone_number", E164(user));
        }

        var lines = Scopes.Contains(words, "address") ? string.Concat(claims.Values("address").Select(line => line + "\n")) : "";
        writer.WriteStartObject("address");
        writer.WriteString("formatted", "");
        writer.WriteString("street_address", lines);
        writer.WriteString("locality", "");
        writer.WriteString("region", "");
        writer.WriteString("postal_code", "");
        writer.WriteString("country", "");
        writer.WriteEndObject();
    }

    private static void WriteSet(Utf8JsonWriter writer, string claim, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(claim, value);
        }
    }

    private static string E164(User user) => user.Phone.StartsWith('+') ? user.Phone
        : user.CountryCode is "CN" or "" ? "+86" + user.Phone
        : user.CountryCode is "US" or "CA" ? "+1" + user.Phone
        : user.Phone;
}
