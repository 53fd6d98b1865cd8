using System.Globalization;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.Pages;
using Postern.AuthorizationServer.Requests;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Authorize;

/// <summary>The result of reading an authorization request. A refusal without a target is shown on a hosted page: its address cannot be trusted.</summary>
public sealed record AuthorizationReading(AuthorizationRequest? Request, OAuthError? Refusal, Application? Application, AuthorizationTarget? Target);

/// <summary>
/// Validates an authorization request. The client and its redirect address come first, because every later error is sent to that address
/// (RFC 6749 §4.1.2.1); then the requested access.
/// </summary>
public sealed class AuthorizationReader(Database database, AuthorizationServerOptions options, TimeProvider clock)
{
    /// <summary>Parameters that determine where the response is sent. If one is repeated, no response can be sent to the client.</summary>
    public static readonly string[] WhoIsAnswered = ["client_id", "redirect_uri", "request_uri"];

    /// <summary>What a request may hold beside client_id and request_uri.</summary>
    internal static readonly Parameter[] Parameters =
    [
        new("response_type", "code; token and id_token are legacy"), new("redirect_uri", "one that the application lists, character by character"), new("scope", "with spaces between"),
        new("state", "comes back with the answer"), new("nonce", "comes back in the id_token"), new("response_mode", "query, fragment or form_post; tokens come in no query"),
        new("code_challenge", "of PKCE (RFC 7636)"), new("code_challenge_method", "S256"), new("dpop_jkt", "the key by which the code is redeemed (RFC 9449 section 10)"),
        new("prompt", "none alone, or of login, consent, select_account"), new("max_age", "seconds since the sign-in, at most", "I"), new("login_hint", "the user's name"),
        new("id_token_hint", "an id_token of the user that the client expects"), new("ui_locales", "the language of the pages"), new("resource", "the API that the token is for (RFC 8707)"),
        new("claims", "claims by name, for the id_token and userinfo (OpenID Connect Core section 5.5)"), new("acr_values", "how the user shall sign in, of acr_values_supported; the id_token says how it was"),
        new(AuthorizationRequest.PopupParameter, "1 = Casdoor's libraries: the answer is a message to the page that opened the window"),
        new(AuthorizationRequest.SilentParameter, "1 = Casdoor's libraries: a refusal is a message to the page that frames us"),
    ];

    private static readonly OAuthError ForeignRequestUri = new("request_uri_not_supported", "request_uri must be one that was pushed to this server (RFC 9126)")
    {
        ChineseMessage = "request_uri 必须是已推送到本服务器的请求",
    };

    private static readonly OAuthError UnknownRequestUri = new("invalid_request_uri", "request_uri is invalid, used or expired: start again")
    {
        ChineseMessage = "request_uri 无效、已使用或已过期，请重新开始",
    };

    private static readonly string[] KnownPrompts = ["none", "login", "consent", "select_account"];

    /// <param name="parameters">Each once; empty ones are as good as absent (RFC 6749 §3.1).</param>
    /// <param name="cancel">Of the caller.</param>
    public async Task<AuthorizationReading> ReadAsync(IReadOnlyDictionary<string, string> parameters, CancellationToken cancel)
    {
        var application = parameters.GetValueOrDefault("client_id") is { Length: > 0 } clientId && !clientId.Contains('\0', StringComparison.Ordinal)
            ? await database.ReadAsync(c => Applications.FindByClientIdAsync(c, clientId), cancel)
            : null;
        if (application is null || !application.IsServed(options))
        {
            return OnPage(null, OAuthError.InvalidRequest("client_id is invalid: no application has it", "client_id 无效：没有对应的应用"));
        }

        // A browser shows the address, stores it and sends it to proxies.
        if (parameters.GetValueOrDefault("client_secret") is { Length: > 0 })
        {
            return OnPage(application, OAuthError.InvalidRequest(
                "client_secret must not be in the address of a page: take it out, and make a new secret for the application", "client_secret 不能出现在页面网址中：请将其移除，并为应用更换密钥"));
        }

        if (parameters.GetValueOrDefault("request_uri") is not { Length: > 0 } requestUri)
        {
            return Read(application, parameters);
        }

        if (!requestUri.StartsWith(PushedAuthorizationEndpoint.Prefix, StringComparison.Ordinal))
        {
            return RefuseRequestUri(application, parameters, ForeignRequestUri);
        }

        var pushed = OpaqueToken.HashOf(requestUri);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return await database.ReadAsync(c => PushedRequests.FindAsync(c, pushed, application.Id, now), cancel) is { } text
            ? Read(application, PushedAuthorizationEndpoint.Parse(text), pushed)
            : RefuseRequestUri(application, parameters, UnknownRequestUri);
    }

    /// <summary>To the client where the query names one of its addresses (OpenID Connect Core §3.1.2.6), else on a page.</summary>
    private static AuthorizationReading RefuseRequestUri(Application application, IReadOnlyDictionary<string, string> parameters, OAuthError refusal) =>
        RedirectUris.IsListed(application.RedirectUriList(), parameters.GetValueOrDefault("redirect_uri") ?? "")
            ? new(null, refusal, application, TargetOf(parameters).Target)
            : OnPage(application, refusal);

    /// <summary>Where the answer goes, and whether it can go by the way that the request asks for.</summary>
    private static (AuthorizationTarget Target, bool IsKnownMode) TargetOf(IReadOnlyDictionary<string, string> parameters)
    {
        string Text(string name) => parameters.GetValueOrDefault(name) ?? "";
        var mode = Text("response_mode");
        var (redirectUri, responseType) = (Text("redirect_uri"), ResponseTypeOf(parameters));
        var isImplicit = IsImplicit(responseType);
        // A response with tokens is never sent in a query, which browsers and servers store (OAuth 2.0 Multiple Response Types §5).
        var isKnownMode = mode is "" or AuthorizationRequest.FormPost or AuthorizationRequest.Fragment || (mode == AuthorizationRequest.Query && !isImplicit);
        var usual = isImplicit ? AuthorizationRequest.Fragment : AuthorizationRequest.Query;
        var waiting = responseType != "code" || !WindowPages.IsOfSite(redirectUri) ? WaitingWindow.None
            : Text(AuthorizationRequest.SilentParameter) == "1" ? WaitingWindow.Parent
            : Text(AuthorizationRequest.PopupParameter) == "1" ? WaitingWindow.Opener
            : WaitingWindow.None;
        return (new AuthorizationTarget(redirectUri, isKnownMode && mode.Length > 0 ? mode : usual, Text("state")) { Waiting = waiting }, isKnownMode);
    }

    private static string ResponseTypeOf(IReadOnlyDictionary<string, string> parameters) =>
        string.Join(' ', Scopes.Words(parameters.GetValueOrDefault("response_type") ?? "").Order(StringComparer.Ordinal));

    private static bool IsImplicit(string responseType) => responseType is GrantTypes.Token or GrantTypes.IdToken or "id_token token";

    /// <summary>The same for a client that is known already.</summary>
    /// <param name="application">The client.</param>
    /// <param name="parameters">Each once.</param>
    /// <param name="pushed">The hash of the request_uri, where the request was pushed.</param>
    /// <param name="isBeingPushed">The client sends it to be pushed now.</param>
    public static AuthorizationReading Read(Application application, IReadOnlyDictionary<string, string> parameters, string? pushed = null, bool isBeingPushed = false)
    {
        string Text(string name) => parameters.GetValueOrDefault(name) ?? "";
        var redirectUri = Text("redirect_uri");
        if (!RedirectUris.IsListed(application.RedirectUriList(), redirectUri))
        {
            return OnPage(application, redirectUri.Length == 0
                ? OAuthError.InvalidRequest("redirect_uri is missing", "缺少 redirect_uri")
                : OAuthError.InvalidRequest("redirect_uri is not one that the application lists: add it there, character by character", "redirect_uri 未在应用中登记，请在应用的重定向地址中逐字添加"));
        }

        var responseType = ResponseTypeOf(parameters);
        var (target, isKnownMode) = TargetOf(parameters);
        AuthorizationReading Refuse(OAuthError refusal) => new(null, refusal, application, target);
        if (application.Profile.NeedsPushedRequest && pushed is null && !isBeingPushed)
        {
            return Refuse(OAuthError.InvalidRequest("this application pushes its requests (its securityProfile is fapi2): send them to the PAR endpoint (RFC 9126)"));
        }

        // Before the rest: a request object may hold what the query lacks.
        if (RefuseObjects(parameters) is { } unsupported)
        {
            return Refuse(unsupported);
        }

        if (!isKnownMode)
        {
            return Refuse(OAuthError.InvalidRequest("response_mode is not supported for this response_type"));
        }

        if (RefuseResponseType(application, responseType) is { } wrongType)
        {
            return Refuse(wrongType);
        }

        if (parameters.Select(p => InputLimits.Refuse(p.Key, p.Value)).FirstOrDefault(s => s is not null) is { } tooLong)
        {
            return Refuse(OAuthError.InvalidRequest(tooLong.English, tooLong.Chinese));
        }

        if (parameters.Values.Any(v => v.Contains('\0', StringComparison.Ordinal)))
        {
            return Refuse(OAuthError.InvalidRequest("a parameter holds U+0000"));
        }

        if (RefusePkce(application, Text("code_challenge"), Text("code_challenge_method")) is { } wrongPkce)
        {
            return Refuse(wrongPkce);
        }

        if (RequestedAccess.Of(application, Text("scope"), Text("resource")).IsRefused(out var wrongRequest, out var requested))
        {
            return Refuse(wrongRequest);
        }

        var prompts = Scopes.Words(Text("prompt"));
        if (prompts.Except(KnownPrompts).Any() || (prompts.Contains("none") && prompts.Length > 1))
        {
            return Refuse(OAuthError.InvalidRequest("prompt must be none alone, or of login, consent, select_account"));
        }

        if (!TryMaxAge(Text("max_age"), out var maxAge))
        {
            return Refuse(OAuthError.InvalidRequest("max_age must be a whole number of seconds"));
        }

        if (ClaimsRequest.Read(Text("claims")) is not { } claims)
        {
            return Refuse(OAuthError.InvalidRequest(
                "claims must be a JSON object with id_token and userinfo, each an object of claims (OpenID Connect Core section 5.5)", "claims 必须是包含 id_token 和 userinfo 的 JSON 对象"));
        }

        if (claims.EssentialContexts is { } contexts && !contexts.Any(AuthenticationContexts.OfPages.Contains))
        {
            return Refuse(new OAuthError("unmet_authentication_requirements", "none of the essential acr values can be met: acr_values_supported lists those that there are")
            {
                ChineseMessage = "无法满足所要求的 acr：可用的值见 acr_values_supported",
            });
        }

        if (responseType.Contains(GrantTypes.IdToken, StringComparison.Ordinal) && Text("nonce").Length == 0)
        {
            return Refuse(OAuthError.InvalidRequest("nonce is required for an id_token from here (OpenID Connect Core section 3.2.2.1)"));
        }

        return new(
            new AuthorizationRequest
            {
                Application = application,
                Target = target,
                ResponseType = responseType,
                Requested = requested,
                Nonce = Text("nonce"),
                CodeChallenge = Text("code_challenge"),
                DpopJkt = Text("dpop_jkt"),
                Prompts = target.Waiting == WaitingWindow.Parent ? ["none"] : prompts,
                MaxAge = maxAge,
                Claims = claims,
                LoginHint = Text("login_hint"),
                UiLocales = Text("ui_locales"),
                IdTokenHint = Text("id_token_hint"),
                PushedHash = pushed,
            },
            null, application, target);
    }

    /// <summary>OpenID Connect Core §3.1.2.6.</summary>
    private static OAuthError? RefuseObjects(IReadOnlyDictionary<string, string> parameters) =>
        parameters.GetValueOrDefault("request") is { Length: > 0 } ? new("request_not_supported", "request objects are not supported: push the request instead (RFC 9126)")
        : parameters.GetValueOrDefault("registration") is { Length: > 0 } ? new("registration_not_supported", "registration here is not supported")
        : null;

    private static OAuthError? RefuseResponseType(Application application, string responseType)
    {
        if (responseType == "code")
        {
            return null;
        }

        if (!IsImplicit(responseType))
        {
            return responseType.Length == 0 ? OAuthError.InvalidRequest("response_type is missing") : new("unsupported_response_type", "response_type must be code");
        }

        return Scopes.Words(responseType).All(application.Lists) && !application.IsSelfRegistered
            ? null
            : OAuthError.UnauthorizedClient("the implicit grant is legacy and off for this application: use response_type=code");
    }

    private static OAuthError? RefusePkce(Application application, string challenge, string method)
    {
        if (method.Length > 0 && method != Pkce.Method)
        {
            return OAuthError.InvalidRequest("code_challenge_method must be S256");
        }

        if (challenge.Length > 0 ? !Pkce.IsChallenge(challenge) : method.Length > 0)
        {
            return OAuthError.InvalidRequest("code_challenge must be 43 characters of base64url");
        }

        if (application.Profile.NeedsPkce && (challenge.Length == 0 || method.Length == 0))
        {
            return OAuthError.InvalidRequest("code_challenge and code_challenge_method=S256 are required for this application (its securityProfile is fapi2)");
        }

        // Without a secret, only PKCE binds the code to the client (RFC 9700 §2.1.1).
        return challenge.Length == 0 && (application.TokenEndpointAuthMethod == ClientSecretRule.None || application.IsSelfRegistered)
            ? OAuthError.InvalidRequest("code_challenge is required for this application (RFC 7636)")
            : null;
    }

    private static bool TryMaxAge(string text, out long? seconds)
    {
        seconds = null;
        if (text.Length == 0)
        {
            return true;
        }

        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue;
        seconds = number;
        return isNumber;
    }

    private static AuthorizationReading OnPage(Application? application, OAuthError refusal) => new(null, refusal, application, null);
}
