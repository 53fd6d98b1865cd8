using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.SignIn;
using Postern.Protocol;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>
/// The parameters of one request of a client, from query, form, multipart, JSON and Basic, in the order that Casdoor's clients need. Bodies
/// are read by their content, not by their content type: real clients send wrong content types.
/// </summary>
public sealed class OAuthRequest
{
    private const int LongestBoundary = 70;

    /// <summary>Parameters whose values are secrets or credentials.</summary>
    private static readonly HashSet<string> Secret = new(
        ["client_secret", "client_assertion", "password", "code", "code_verifier", "refresh_token", "device_code", "assertion", "subject_token", "token", "access_token",
        "binding_ticket"], StringComparer.Ordinal);

    private readonly Dictionary<string, string> values;

    private OAuthRequest(Dictionary<string, string> values, BasicCredentials? basic) => (this.values, Basic) = (values, basic);

    /// <summary>Credentials of the scheme Basic; null where none were sent.</summary>
    public BasicCredentials? Basic { get; }

    /// <summary>Whether a parameter that opens something came in the address.</summary>
    public bool HasSecretInQuery { get; private init; }

    /// <summary>A parameter; null where it is absent or empty, which RFC 6749 §3.2 treats alike.</summary>
    public string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>Every parameter that was sent and is not empty.</summary>
    public IReadOnlyDictionary<string, string> All => values;

    public static async Task<Outcome<OAuthRequest>> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        var body = await BoundedBody.ReadAsync(request.HttpContext);
        if (body is null)
        {
            return OAuthError.InvalidRequest("the request body is too large", "请求体过大") with { Status = StatusCodes.Status413PayloadTooLarge };
        }

        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        var json = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, sent) in request.Query)
        {
            if (sent.Count > 1 || !query.TryAdd(name, sent.ToString()))
            {
                return Repeated();
            }
        }

        var isMultipart = request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;
        var isRead = isMultipart ? await TryMultipartAsync(request, body, form, cancel)
            : IsJson(body) ? TryJson(body, json)
            : TryForm(body, form);
        if (!isRead)
        {
            return OAuthError.InvalidRequest("the request body cannot be read, or a parameter is repeated", "请求体无法解析，或参数重复");
        }

        var isPost = HttpMethods.IsPost(request.Method);
        var hasSecretInQuery = isPost && query.Any(q => q.Value.Length > 0 && Secret.Contains(q.Key));
        if (isPost && RefuseQuery(request, query, isMultipart ? form : IsJson(body) ? json : form, hasSecretInQuery) is { } inQuery)
        {
            return inQuery;
        }

        // A urlencoded body wins over the query, a multipart one does not; JSON only fills what is still empty.
        var merged = isMultipart ? Merge(query, form, json) : Merge(form, query, json);
        // A Mini Program sends its user's nickname in this parameter; a value that is too long is cut.
        var isNickname = merged.GetValueOrDefault("tag") == OAuth.Token.TokenEndpoint.MiniProgramTag || merged.GetValueOrDefault("grant_type") == GrantTypes.WeChatMiniProgram;
        foreach (var (name, value) in merged)
        {
            if (InputLimits.Refuse(isNickname && name == "username" ? "nickname" : name, value) is { } tooLong)
            {
                return OAuthError.InvalidRequest(tooLong.English, tooLong.Chinese);
            }

            if (value.Contains('\0', StringComparison.Ordinal))
            {
                return OAuthError.InvalidRequest("a parameter holds U+0000");
            }
        }

        if (merged.Count > InputLimits.MostParameters)
        {
            return OAuthError.InvalidRequest("there are too many parameters", "参数过多");
        }

        return ReadBasic(request, merged, hasSecretInQuery);
    }

    /// <summary>
    /// Java, Android and C++ send the parameters of a POST in its query. A parameter in both places must have the same value. A setting
    /// refuses secrets in the query, because proxies log it (docs/casdoor-compatibility.md).
    /// </summary>
    private static OAuthError? RefuseQuery(HttpRequest request, Dictionary<string, string> query, Dictionary<string, string> body, bool hasSecret)
    {
        if (query.FirstOrDefault(q => q.Value.Length > 0 && body.GetValueOrDefault(q.Key) is { Length: > 0 } other && other != q.Value).Key is not null)
        {
            return OAuthError.InvalidRequest("a parameter is in the query and in the body with two values", "同一参数在网址与请求体中的值不同");
        }

        if (!hasSecret)
        {
            return null;
        }

        if (query.GetValueOrDefault("password") is { Length: > 0 })
        {
            return OAuthError.InvalidRequest("a password is not accepted in an address: send it in the body", "密码不能放在网址中，请放在请求体中");
        }

        var options = request.HttpContext.RequestServices.GetRequiredService<AuthorizationServerOptions>();
        return options.CredentialsInQuery == CredentialsInQuery.Refuse
            ? OAuthError.InvalidRequest("credentials in the address are switched off (credentialsInQuery): send them in the body", "已禁止在网址中发送凭据（credentialsInQuery），请放在请求体中")
            : SameOrigin.Allows(request, options) ? null
            : OAuthError.InvalidRequest("credentials in the address are not accepted from a page of another site", "不接受来自其他网站页面的网址凭据");
    }

    private static Dictionary<string, string> Merge(params ReadOnlySpan<Dictionary<string, string>> sources)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            foreach (var (name, value) in source)
            {
                if (value.Length > 0)
                {
                    merged.TryAdd(name, value);
                }
            }
        }

        return merged;
    }

    private static Outcome<OAuthRequest> ReadBasic(HttpRequest request, Dictionary<string, string> merged, bool hasSecretInQuery)
    {
        return !BasicCredentials.TryHeader(request.Headers.Authorization.ToString(), out var basic) || basic is not null
            ? new OAuthRequest(merged, basic) { HasSecretInQuery = hasSecretInQuery }
            : OAuthError.InvalidClient("the Basic credentials cannot be read");
    }

    private static OAuthError Repeated() => OAuthError.InvalidRequest("a parameter is repeated (RFC 6749 section 3.2)", "参数重复");

    private static bool IsJson(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..];

    private static bool TryForm(byte[] body, Dictionary<string, string> form)
    {
        var isClean = true;
        foreach (var pair in new QueryStringEnumerable(Encoding.UTF8.GetString(body)))
        {
            isClean &= form.TryAdd(pair.DecodeName().ToString(), pair.DecodeValue().ToString());
        }

        return isClean;
    }

    private static bool TryJson(byte[] body, Dictionary<string, string> json)
    {
        try
        {
            var text = body.AsMemory();
            if (body.AsSpan().StartsWith("\uFEFF"u8))
            {
                text = text[3..];
            }

            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var value = property.Value.ValueKind switch
                {
                    JsonValueKind.String => property.Value.GetString(),
                    JsonValueKind.Number => property.Value.GetRawText(),
                    JsonValueKind.Null => "",
                    _ => null,
                };
                // An unknown parameter may have any type.
                if (value is not null && !json.TryAdd(property.Name, value))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<bool> TryMultipartAsync(HttpRequest request, byte[] body, Dictionary<string, string> form, CancellationToken cancel)
    {
        try
        {
            var boundary = MediaTypeHeaderValue.Parse(request.ContentType!).Parameters
                .FirstOrDefault(p => p.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"');
            // RFC 2046 §5.1.1 limits its length, and the reader throws if it exceeds the buffer.
            if (boundary is not { Length: > 0 and <= LongestBoundary })
            {
                return false;
            }

            using var stream = new MemoryStream(body);
            var reader = new MultipartReader(boundary, stream);
            while (await reader.ReadNextSectionAsync(cancel) is { } section)
            {
                if (section.AsFormDataSection() is { } field && !form.TryAdd(field.Name, await field.GetValueAsync(cancel)))
                {
                    return false;
                }
            }

            return true;
        }
        // NotSupportedException: a part in an encoding that .NET no longer reads, such as UTF-7.
        catch (Exception e) when (e is IOException or FormatException or InvalidDataException or NotSupportedException)
        {
            return false;
        }
    }
}
