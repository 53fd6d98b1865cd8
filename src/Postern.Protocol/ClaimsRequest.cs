using System.Text.Json;

namespace Postern.Protocol;

/// <summary>
/// The claims that an authorization request asks for by name: its <c>claims</c> parameter (OpenID Connect Core §5.5), reduced to what
/// we can give. Claims that we do not know are ignored, as the standard says.
/// </summary>
public sealed record ClaimsRequest
{
    public static readonly ClaimsRequest None = new();

    private const int MostMembers = 100;
    private const string OfIdToken = "id_token";
    private const string OfUserInfo = "userinfo";
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Claims of the user for the id_token.</summary>
    public IReadOnlyList<string> IdToken { get; private init; } = [];

    /// <summary>Claims of the user for userinfo.</summary>
    public IReadOnlyList<string> UserInfo { get; private init; } = [];

    /// <summary>The users that the client takes an answer for; null = any.</summary>
    public IReadOnlyList<string>? Subjects { get; private init; }

    /// <summary>The classes of sign-in of which one is essential to the client (§5.5.1.1); null = any.</summary>
    public IReadOnlyList<string>? EssentialContexts { get; private init; }

    /// <summary>The parameter's value; null where it is not of the standard's form.</summary>
    public static ClaimsRequest? Read(string json)
    {
        if (json.Length == 0)
        {
            return None;
        }

        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="Kept"/> wrote it.</summary>
    public static ClaimsRequest OfKept(string kept)
    {
        var words = Scopes.Words(kept);
        return words.Length == 0 ? None : new ClaimsRequest { IdToken = NamesOf(words, OfIdToken), UserInfo = NamesOf(words, OfUserInfo) };
    }

    /// <summary>What has to be remembered with the grant: words such as <c>id_token.email</c>; empty where nothing was asked for.</summary>
    public string Kept => string.Join(' ', IdToken.Select(name => $"{OfIdToken}.{name}").Concat(UserInfo.Select(name => $"{OfUserInfo}.{name}")));

    /// <summary>The claims of the user that this asks for and the scope does not, by name, for the page that asks the user.</summary>
    public IReadOnlyList<string> Beyond(string scope)
    {
        var scopes = Scopes.Words(scope);
        return [.. IdToken.Union(UserInfo).Where(name => !Claims.OfUsers.Any(c => c.Name == name && scopes.Contains(c.Scope)))];
    }

    /// <summary>Whether the client takes an answer for this user.</summary>
    public bool Admits(string subject) => Subjects is null || Subjects.Contains(subject);

    private static ClaimsRequest? Read(JsonElement root)
    {
        if (!TryMembers(root, OfIdToken, out var ofIdToken) || !TryMembers(root, OfUserInfo, out var ofUserInfo))
        {
            return null;
        }

        var subjects = ofIdToken.Concat(ofUserInfo).Where(m => m.Name == "sub").Select(m => ValuesOf(m.Value)).Where(v => v is not null).ToList();
        var contexts = ofIdToken.Where(m => m.Name == "acr" && IsEssential(m.Value)).Select(m => ValuesOf(m.Value)).FirstOrDefault();
        return new ClaimsRequest
        {
            IdToken = [.. ofIdToken.Select(m => m.Name).Where(Claims.IsAskable)],
            UserInfo = [.. ofUserInfo.Select(m => m.Name).Where(Claims.IsAskable)],
            Subjects = subjects.Count == 0 ? null : [.. subjects.Aggregate((a, b) => [.. a!.Intersect(b!)])!],
            EssentialContexts = contexts,
        };
    }

    private static bool TryMembers(JsonElement root, string name, out List<JsonProperty> members)
    {
        members = [];
        if (!root.TryGetProperty(name, out var asked) || asked.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (asked.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        members = [.. asked.EnumerateObject()];
        return members.Count <= MostMembers && members.TrueForAll(IsWellFormed);
    }

    /// <summary>§5.5.1: null, or an object with <c>essential</c>, <c>value</c> or <c>values</c>.</summary>
    private static bool IsWellFormed(JsonProperty member)
    {
        if (member.Value.ValueKind != JsonValueKind.Object)
        {
            return member.Value.ValueKind == JsonValueKind.Null;
        }

        return (!member.Value.TryGetProperty("essential", out var essential) || essential.ValueKind is JsonValueKind.True or JsonValueKind.False)
            && (!member.Value.TryGetProperty("values", out var values) || values.ValueKind == JsonValueKind.Array)
            && (member.Name is not ("sub" or "acr") || TextsOf(member.Value).All(v => v.ValueKind == JsonValueKind.String));
    }

    private static bool IsEssential(JsonElement asked) =>
        asked.ValueKind == JsonValueKind.Object && asked.TryGetProperty("essential", out var essential) && essential.ValueKind == JsonValueKind.True;

    private static List<string>? ValuesOf(JsonElement asked)
    {
        var texts = TextsOf(asked).Select(v => v.GetString()!).ToList();
        return texts.Count == 0 ? null : texts;
    }

    private static List<JsonElement> TextsOf(JsonElement asked)
    {
        if (asked.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        List<JsonElement> texts = asked.TryGetProperty("value", out var value) ? [value] : [];
        return asked.TryGetProperty("values", out var values) ? [.. texts, .. values.EnumerateArray()] : texts;
    }

    private static List<string> NamesOf(string[] words, string place) =>
        [.. words.Where(w => w.StartsWith(place + ".", StringComparison.Ordinal)).Select(w => w[(place.Length + 1)..])];
}
