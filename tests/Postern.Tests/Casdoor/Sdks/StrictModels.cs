using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>
/// Models of typed clients (Go, Java, Rust, Swift), as small schemas: <c>S</c> a text, <c>B</c> true or false, <c>I</c> an integer
/// literal, <c>F</c> a number, <c>S[]</c> a list of texts, <c>L</c> a list of objects, <c>M</c> an object of texts. None of them may be null or missing; with
/// <c>?</c> it may be null, with <c>-</c> it may be missing, and <c>!</c> must be missing.
/// </summary>
internal static class StrictModels
{
    public const string Envelope = "status S, msg S, sub- S, name- S";

    public const string User =
        """
        owner S, name S, createdTime S, updatedTime S, deletedTime S, id S, type S, displayName S, firstName S, avatar S, email S, phone S, countryCode S, region S, tag S, language S,
        score I, karma I, ranking I, signinWrongTimes I, uidNumber I, balance F, balanceCredit F, isAdmin B, isForbidden B, isDeleted B, isOnline B, emailVerified B,
        address? S[], addresses? L, managedAccounts? L, mfaAccounts? L, mfaItems? L, faceIds? L, cart? L, multiFactorAuths? L, applicationScopes? L, roles? L, permissions? L,
        groups? S[], recoveryCodes? S[], properties? M
        """;

    /// <summary>An access token of format JWT; its first part is what Rust 1.3 cannot do without.</summary>
    public const string Claims =
        """
        owner S, name S, createdTime S, updatedTime S, id S, type S, password S, passwordSalt S, passwordType S, displayName S, firstName S, lastName S, avatar S, permanentAvatar S, email S,
        email_verified B, phone S, location S, address S[], affiliation S, title S, idCardType S, idCard S, homepage S, bio S, region S, language S, gender S, birthday S, education S,
        score I, karma I, ranking I, isDefaultAvatar B, isOnline B, isAdmin B, isForbidden B, isDeleted B, signupApplication S, hash S, preHash S, createdIp S, lastSigninTime S,
        lastSigninIp S, github S, google S, qq S, wechat S, facebook S, dingtalk S, weibo S, gitee S, linkedin S, wecom S, lark S, gitlab S, ldap S, properties M, roles L, permissions L,
        groups S[], lastSigninWrongTime S, signinWrongTimes I, recoveryCodes? S[], managedAccounts? L,
        tokenType S, TokenType! S, tag S, scope- S, nonce- S, azp S, provider- S, signinMethod- S, iss S, sub S, jti S, aud S[], exp I, iat I, nbf I
        """;

    public const string Tokens = "access_token S, token_type S, refresh_token S, id_token S, scope S, expires_in I, error! S, code! S";

    public const string Introspection = "active B, client_id S, username S, token_type S, exp I, iat I, nbf I, sub S, iss S, jti S, aud S[], scope S";

    public const string UserInfo = "sub S, iss S, aud S, name- S, preferred_username- S, picture- S, email- S, email_verified! B, address- S, phone- S, groups- S[], roles- S[], permissions- S[]";

    /// <summary>What a role or a permission of a user is.</summary>
    public const string Role = "owner S, name S, users? S[], groups? S[], roles? S[], domains? S[], isEnabled B";

    public const string Permission = Role + ", resources? S[], actions? S[]";

    /// <summary>Where the answer is not what the model reads.</summary>
    public static IEnumerable<string> Misread(string model, JsonNode answer)
    {
        foreach (var field in model.Split(',', StringSplitOptions.TrimEntries))
        {
            var (name, type) = (field.Split(' ')[0], field.Split(' ')[1]);
            var (key, isThere) = (name.TrimEnd('?', '-', '!'), answer.AsObject().TryGetPropertyValue(name.TrimEnd('?', '-', '!'), out var value));
            var isRead = name[^1] == '!' ? !isThere : isThere ? value is null ? name[^1] == '?' : Reads(type, value) : name[^1] == '-';
            if (!isRead)
            {
                yield return $"{key}: {(isThere ? value?.ToJsonString() ?? "null" : "missing")} is no {type}";
            }
        }
    }

    /// <summary>The same by a kind's declaration: all keys, no null but for lists and objects, integers without fraction, and so in every part.</summary>
    public static IEnumerable<string> Misread(string place, ObjectShape shape, JsonObject answer)
    {
        // A factor that is not set up has some of its keys only.
        foreach (var property in shape.Properties.Where(p => p.Type != "MfaProps[]"))
        {
            var (name, isThere) = ($"{place}.{property.Name}", answer.TryGetPropertyValue(property.Name, out var value));
            var isList = property.Type.EndsWith("[]", StringComparison.Ordinal);
            var part = Parts.Find(isList ? property.Type[..^2] : property.Type);
            if (!isThere || (value is null && !property.MayBeNull))
            {
                if (!property.MayBeAbsent)
                {
                    yield return $"{name} is {(isThere ? "null" : "missing")}";
                }
            }
            else if (value is not null && !(part is not null || property.Type is "A" or "O" ? value is JsonArray == (isList || property.Type == "A") : Reads(property.Type, value)))
            {
                yield return $"{name}: {value.ToJsonString()} is no {property.Type}";
            }

            foreach (var wrong in part is null ? [] : (value as JsonArray ?? [.. new[] { value?.DeepClone() }]).OfType<JsonObject>().SelectMany(o => Misread(name, part, o)))
            {
                yield return wrong;
            }
        }
    }

    private static bool Reads(string type, JsonNode value) => type switch
    {
        "S" => value.GetValueKind() == JsonValueKind.String,
        "B" => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "I" => value.GetValueKind() == JsonValueKind.Number && ObjectShape.TryInteger(value, out _),
        "F" => value.GetValueKind() == JsonValueKind.Number,
        "M" => value is JsonObject map && map.All(p => p.Value?.GetValueKind() == JsonValueKind.String),
        "L" => value is JsonArray list && list.All(i => i is JsonObject),
        _ when type.EndsWith("[]", StringComparison.Ordinal) => value is JsonArray list && (type[..^2] is not ("S" or "F") || list.All(i => i is not null && Reads(type[..^2], i))),
        _ => value is JsonObject,
    };
}
