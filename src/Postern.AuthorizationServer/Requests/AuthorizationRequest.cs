using Postern.AuthorizationServer.OAuth;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Requests;

/// <summary>Where the answer to an authorization request goes: an address that its application lists.</summary>
public sealed record AuthorizationTarget(string RedirectUri, string ResponseMode, string State)
{
    /// <summary>The window that waits for the answer, where one of Casdoor's browser libraries opened us in another.</summary>
    public WaitingWindow Waiting { get; init; }
}

public enum WaitingWindow
{
    /// <summary>The browser carries the answer to the redirect address.</summary>
    None,

    /// <summary><c>popup=1</c>: the page that opened this window gets the answer as a message.</summary>
    Opener,

    /// <summary><c>silentSignin=1</c>: the page that frames us gets a refusal as a message, and nothing is shown.</summary>
    Parent,
}

/// <summary>An authorization request after validation of all its parameters (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).</summary>
public sealed record AuthorizationRequest
{
    public const string Query = "query";
    public const string Fragment = "fragment";
    public const string FormPost = "form_post";
    public const string PopupParameter = "popup";
    public const string SilentParameter = "silentSignin";

    public required Application Application { get; init; }
    public required AuthorizationTarget Target { get; init; }

    /// <summary><c>code</c>; for applications that list the legacy implicit grant also <c>token</c>, <c>id_token</c>, <c>id_token token</c>.</summary>
    public required string ResponseType { get; init; }
    public required RequestedAccess Requested { get; init; }
    public string Nonce { get; init; } = "";
    public string CodeChallenge { get; init; } = "";

    /// <summary>Thumbprint of the key that the code shall be bound to (RFC 9449 §10).</summary>
    public string DpopJkt { get; init; } = "";
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>Seconds since the user's authentication; null = any.</summary>
    public long? MaxAge { get; init; }

    /// <summary>What it asks for by name, beside its scopes (OpenID Connect Core §5.5).</summary>
    public ClaimsRequest Claims { get; init; } = ClaimsRequest.None;
    public string LoginHint { get; init; } = "";
    public string UiLocales { get; init; } = "";
    public string IdTokenHint { get; init; } = "";

    /// <summary>Hash of the request_uri that it was pushed under (RFC 9126); null where it came by the browser.</summary>
    public string? PushedHash { get; init; }

    public bool Asks(string prompt) => Prompts.Contains(prompt);

    /// <summary>No page may be shown (prompt=none): the framing page waits for an answer.</summary>
    public bool IsSilent => Asks("none");
}
