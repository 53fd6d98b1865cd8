using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Postern.Directory.Objects.TokenFields;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.TokenFormats;

/// <summary>
/// The claims about a user, in the form of OpenID Connect Core §5.1. The claims of id_tokens and userinfo are written only here,
/// so they never contradict each other. The table decides which of them a client gets (<see cref="Claims"/>).
/// </summary>
public static partial class IdentityClaims
{
    private static readonly string[] Held = ["groups", "roles", "permissions"];

    /// <summary>What a client learns of its user from an id_token or from userinfo.</summary>
    /// <param name="application">The client.</param>
    /// <param name="scope">What was granted.</param>
    /// <param name="names">The claims that the request asked for by name.</param>
    public static IReadOnlyList<Claim> Told(Application application, string scope, IReadOnlyCollection<string> names)
    {
        var scopes = Scopes.Words(scope);
        var fields = TokenAttribute.ReadFields(application.TokenFields).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var opened = application.IsThirdParty ? [] : Opened(application, fields);
        return
        [
            .. Claims.OfUsers.Where(claim =>
                opened.Contains(claim.Name) || (Claims.IsGiven(claim, scopes, names) && (fields.Count == 0 || claim.Fields.Any(fields.Contains)))),
        ];
    }

    /// <summary>What access tokens of format <c>JWT-Standard</c> tell.</summary>
    public static IReadOnlyList<Claim> ToldByStandard(string scope)
    {
        // Casdoor reads commas there too.
        var scopes = Scopes.Words(scope.Replace(',', ' '));
        return
        [
            .. Claims.OfUsers.Where(c => c.Always.HasFlag(ClaimPlaces.JwtStandard) || (c.ByScope.HasFlag(ClaimPlaces.JwtStandard) && Claims.IsGiven(c, scopes, []))),
        ];
    }

    public static bool AreHoldings(IEnumerable<Claim> told) => told.Any(c => Held.Contains(c.Name));

    /// <summary>Writes the claims that have a value.</summary>
    public static void Write(Utf8JsonWriter writer, IEnumerable<Claim> told, User user, UserClaims own)
    {
        foreach (var claim in told)
        {
            Write(writer, claim.Name, user, own);
        }
    }

    private static void Write(Utf8JsonWriter writer, string claim, User user, UserClaims own)
    {
        switch (claim)
        {
            case "email_verified":
                WriteFlag(writer, claim, user.Email.Length > 0, own.IsEmailVerified);
                break;
            case "phone_number_verified":
                WriteFlag(writer, claim, user.Phone.Length > 0, false);
                break;
            case "updated_at":
                writer.WriteNumber(claim, (user.UpdatedTime > 0 ? user.UpdatedTime : user.CreatedTime) / 1000);
                break;
            case "address":
                AddressClaim.Write(writer, own);
                break;
            case "groups":
                WriteNames(writer, claim, own.Holdings.Groups);
                break;
            case "roles":
                WriteNames(writer, claim, own.Holdings.RoleNames);
                break;
            case "permissions":
                WriteNames(writer, claim, own.Holdings.PermissionNames);
                break;
            case var _ when Text(claim, user, own) is { } text && !string.IsNullOrWhiteSpace(text):
                writer.WriteString(claim, text);
                break;
        }
    }

    private static string? Text(string claim, User user, UserClaims own) => claim switch
    {
        "name" => string.IsNullOrWhiteSpace(user.DisplayName) ? user.Name : user.DisplayName,
        "given_name" => own.Value("firstName"),
        "family_name" => own.Value("lastName"),
        "preferred_username" => user.Name,
        "picture" => AddressOrNull(user.Avatar),
        "website" => AddressOrNull(own.Value("homepage")),
        "gender" => own.Value("gender") is var gender && gender.ToLowerInvariant() is "female" or "male" ? gender.ToLowerInvariant() : gender,
        "birthdate" => own.Value("birthday") is var day && IsDay(day) ? day : null,
        "zoneinfo" => own.OwnProperty("zoneinfo") is var zone && Zone.IsMatch(zone) ? zone : null,
        "locale" => own.Value("language") is var language && LanguageTag.IsMatch(language) ? language.Replace('_', '-') : null,
        "email" => user.Email,
        "phone_number" => PhoneNumber(user),
        _ => null,
    };

    /// <summary>Where the application's own settings say so, without a scope: its users' groups, roles and permissions.</summary>
    private static HashSet<string> Opened(Application application, HashSet<string> fields)
    {
        var attributes = TokenAttribute.Read(application.TokenAttributes).Where(a => a.Refusal is null).Select(a => a.Name).ToHashSet(StringComparer.Ordinal);
        return [.. Held.Where(name => fields.Contains(name) || attributes.Contains(name))];
    }

    private static void WriteFlag(Utf8JsonWriter writer, string claim, bool isKnown, bool value)
    {
        if (isKnown)
        {
            writer.WriteBoolean(claim, value);
        }
    }

    private static void WriteNames(Utf8JsonWriter writer, string claim, IEnumerable<string> names)
    {
        var list = names.ToList();
        if (list.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(claim);
        list.ForEach(writer.WriteStringValue);
        writer.WriteEndArray();
    }

    /// <summary>A picture that is kept as <c>data:</c> has no place in a token.</summary>
    private static string? AddressOrNull(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? text : null;

    /// <summary>A date, or a year; the year 0000 means that the year is not given.</summary>
    private static bool IsDay(string text) => text.Length == 4 ? text.All(char.IsAsciiDigit)
        : DateOnly.TryParseExact(text.StartsWith("0000-", StringComparison.Ordinal) ? "2000" + text[4..] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>E.164 where the country is known.</summary>
    private static string PhoneNumber(User user) => user.Phone.Length == 0 || user.Phone.StartsWith('+') ? user.Phone
        : user.CountryCode is "CN" or "" ? "+86" + user.Phone
        : user.CountryCode is "US" or "CA" ? "+1" + user.Phone
        : user.Phone;

    [GeneratedRegex(@"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*\z")]
    private static partial Regex LanguageTag { get; }

    [GeneratedRegex(@"^[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,3}\z")]
    private static partial Regex Zone { get; }
}
