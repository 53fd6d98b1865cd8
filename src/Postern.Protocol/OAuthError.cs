namespace Postern.Protocol;

/// <summary>
/// An OAuth error (RFC 6749 §5.2). The description is English and printable ASCII; it never repeats stored values. Statuses 500 and 503
/// are our extension: they never tell a phone to retry when an operator must fix the cause.
/// </summary>
public sealed record OAuthError(string Code, string Description, int Status = 400)
{
    /// <summary>The same sentence in Chinese, for clients that ask for it.</summary>
    public string? ChineseMessage { get; init; }

    public LocalizedText Text => new(Description, ChineseMessage ?? Description);

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the client may do with a person that no user has the identity of.</summary>
    public BindingOffer? Binding { get; init; }

    /// <summary>What the refusal is counted under, where its code does not tell; never sent.</summary>
    public string? Cause { get; init; }

    /// <summary>Whether it was counted against guessing where it was made; never sent.</summary>
    public bool IsCounted { get; init; }

    public static OAuthError InvalidRequest(string description, string? chinese = null) => new("invalid_request", description) { ChineseMessage = chinese };

    public static OAuthError InvalidClient(string description, string? chinese = null) => new("invalid_client", description, 401) { ChineseMessage = chinese };

    public static OAuthError InvalidGrant(string description, string? chinese = null) => new("invalid_grant", description) { ChineseMessage = chinese };

    public static OAuthError InvalidScope(string description, string? chinese = null) => new("invalid_scope", description) { ChineseMessage = chinese };

    /// <summary>RFC 8707 §2.</summary>
    public static OAuthError InvalidTarget(string description) => new("invalid_target", description);

    /// <summary>RFC 9449 §5.</summary>
    public static OAuthError InvalidDpopProof(string description) => new("invalid_dpop_proof", description) { ChineseMessage = "DPoP 证明无效" };

    /// <summary>RFC 6749 §5.2: the client may not use this.</summary>
    public static OAuthError UnauthorizedClient(string description, string? chinese = null) =>
        new("unauthorized_client", description) { ChineseMessage = chinese };

    public static OAuthError UnsupportedGrantType(string description, string? chinese = null) =>
        new("unsupported_grant_type", description) { ChineseMessage = chinese };

    public static OAuthError ServerError(string description, string? chinese = null) => new("server_error", description, 500) { ChineseMessage = chinese };

    public static OAuthError Unavailable(string description, string? chinese, TimeSpan retryAfter) =>
        new("temporarily_unavailable", description, 503) { ChineseMessage = chinese, RetryAfter = retryAfter };
}

/// <summary>A binding ticket, which an unknown person's sign-in is answered with (docs/accounts.md).</summary>
/// <param name="Ticket">Binds the identity that was just proved, once.</param>
/// <param name="ExpiresIn">Seconds.</param>
/// <param name="MayCreate">Whether the ticket may also create a new account.</param>
public sealed record BindingOffer(string Ticket, long ExpiresIn, bool MayCreate);
