using Postern.Protocol;

namespace Postern.Directory.Objects.TokenFields;

/// <summary>
/// The claim names that others read as "who is this" or "what is this token": a tenant's settings give them no value but the
/// user's own (docs/tokens.md). Names are compared without case and separators, because decoders exist
/// that read <c>Owner</c>, <c>OWNER</c> and <c>ſub</c> as the claim that they know.
/// </summary>
public static class ReservedClaims
{
    /// <summary>The server's: what the token is, its audience, and how its user signed in. No setting writes one of them.</summary>
    private const string OfTheServer =
        """
        iss aud exp nbf iat jti azp scope client_id tokenType cnf sid at_hash c_hash s_hash auth_time nonce acr amr act may_act events toe txn
        sub_id sub_jwk authorization_details verified_claims vc vp sd_hash _sd _sd_alg _claim_names _claim_sources htm htu ath atc jwks at_use_nbr
        status token_introspection client_assertion overage provider signinMethod isGlobalAdmin phone_verified phone_number_verified
        """;

    /// <summary>The user's, each with the fields of the user's row that may give it a value.</summary>
    private static readonly (string Claim, string[] Fields)[] OfTheUser =
    [
        ("sub", ["Id"]), ("owner", ["Owner"]), ("name", ["Name", "DisplayName"]), ("id", ["Id"]), ("preferred_username", ["Name"]),
        ("email", ["Email"]), ("email_verified", ["EmailVerified", "email_verified"]), ("phone", ["Phone"]), ("phone_number", ["Phone"]),
        ("roles", ["Roles"]), ("groups", ["Groups"]), ("permissions", ["Permissions"]), ("permissionNames", ["Permissions"]), ("tag", ["Tag"]), ("realName", ["RealName"]),
        // Under these names, frameworks and other providers' clients read who the user is.
        ("username", ["Name"]), ("user", ["Name", "Id"]), ("user_id", ["Id"]), ("uid", ["Id", "Name"]), ("oid", ["Id"]), ("nameid", ["Id", "Name"]), ("unique_name", ["Name"]),
        ("upn", ["Name", "Email"]), ("login", ["Name"]), ("role", ["Roles"]), ("organization", ["Owner"]),
    ];

    /// <summary>
    /// Registered for facts about a person or a device (OpenID Connect Core §5.1, the JSON Web Token Claims registry of IANA): any
    /// field of the user may give them a value, a fixed text may not.
    /// </summary>
    private const string OfProfiles =
        """
        given_name family_name middle_name nickname profile picture website gender birthdate zoneinfo locale address updated_at
        place_of_birth nationalities birth_family_name birth_given_name birth_middle_name salutation title msisdn also_known_as location geohash
        entitlements vot vtm attest orig dest mky origid rph opt div jcard rcd rcdi crn msgi sph cnonce exi ace_profile
        sip_from_tag sip_date sip_callid sip_cseq_num sip_via_branch cdniv cdnicrit cdniip cdniuc cdniets cdnistt cdnistd sig_val_claims
        eat_nonce eat_profile ueid sueids oemid hwmodel hwversion swname swversion oemboot dbgstat uptime bootcount bootseed dloas submods
        manifests measurements measres intuse rdap_allowed_purposes rdap_dnt_allowed
        """;

    /// <summary>By compared name: the fields that may give it a value; null = any field of the user, empty = none.</summary>
    private static readonly Dictionary<string, string[]?> Sources = All();

    /// <summary>Why a claim of this name may not have this value; null where it may.</summary>
    /// <param name="claim">As the tenant wrote it.</param>
    /// <param name="field">The field of the user that gives it its value; null for a text of the tenant's own.</param>
    public static LocalizedText? Refuse(string claim, string? field)
    {
        if (!Sources.TryGetValue(Known(claim), out var fields) || (field is not null && (fields is null || fields.Any(f => Compared(f) == Compared(field)))))
        {
            return null;
        }

        return fields is []
            ? new LocalizedText($"the claim \"{claim}\" is set by the server: choose another name", $"声明“{claim}”由服务器设置：请使用其他名称")
            : new LocalizedText(
                $"the claim \"{claim}\" tells of the user and takes its value from the user alone: "
                    + $"choose the category Existing Field with {(fields is null ? "a field of the user" : string.Join(" or ", fields))}, or another name",
                $"声明“{claim}”描述用户，只能取自用户本身："
                    + $"请选择类别 Existing Field 和{(fields is null ? "用户的字段" : $" {string.Join(" 或 ", fields)}")}，或使用其他名称");
    }

    public static bool Has(string claim) => Sources.ContainsKey(Known(claim));

    /// <summary>A claim type of .NET is the claim that its address ends with: <c>http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name</c>.</summary>
    private static string Known(string claim) => Compared(claim.TrimStart().StartsWith("http://schemas.", StringComparison.OrdinalIgnoreCase) ? TypeOf(claim) : claim);

    private static string TypeOf(string address) => address.TrimEnd('/', ' ').Split('/')[^1].ToLowerInvariant() switch
    {
        "nameidentifier" => "nameid",
        "emailaddress" => "email",
        var name => name,
    };

    private static Dictionary<string, string[]?> All()
    {
        var sources = new Dictionary<string, string[]?>(StringComparer.Ordinal);
        foreach (var (claim, fields) in OfTheUser)
        {
            sources[Compared(claim)] = fields;
        }

        foreach (var claim in Words(OfTheServer))
        {
            sources.TryAdd(Compared(claim), []);
        }

        foreach (var claim in Words(OfProfiles))
        {
            sources.TryAdd(Compared(claim), null);
        }

        // What format JWT says of a user, Casdoor's clients read from every token.
        foreach (var (claim, property, _) in CasdoorClaims.All)
        {
            sources.TryAdd(Compared(claim), [char.ToUpperInvariant(property[0]) + property[1..]]);
        }

        return sources;
    }

    private static string Compared(string name) => string.Concat(name.Where(char.IsLetterOrDigit).Select(Folded));

    /// <summary>Without case, as decoders fold it: the long s and the Kelvin sign are letters of ASCII to some, the dotless i to others.</summary>
    private static char Folded(char letter) => letter switch
    {
        'ſ' => 's',
        '\u212A' => 'k',
        'ı' or 'İ' => 'i',
        >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(letter - 0xFEE0)),
        _ => char.ToLowerInvariant(letter),
    };

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
