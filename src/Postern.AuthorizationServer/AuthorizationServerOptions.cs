using Postern.Storage.Databases;

namespace Postern.AuthorizationServer;

/// <summary>The settings of the authorization server.</summary>
public record AuthorizationServerOptions : StorageOptions
{
    /// <summary>The issuer and the base of every address we announce; no trailing slash. Never taken from a request's Host header.</summary>
    public string Origin { get; init; } = "http://localhost:8000";

    /// <summary>The base of the pages a browser opens; <see cref="Origin"/> where it is not set.</summary>
    public string OriginFrontend { get; init; } = "http://localhost:8000";

    public Uri WechatEndpoint { get; init; } = new("https://api.weixin.qq.com");

    /// <summary>Addresses that clients and administrators give (keys, sign-out notices, logos) may lie in a private network.</summary>
    public bool AllowPrivateTargets { get; init; }

    /// <summary>Refused token requests per (address, client) and minute before the answer is 429; 0 = no limit.</summary>
    public int RefusedTokenRequestsPerMinute { get; init; } = 120;

    /// <summary>
    /// Rows that one address may make without a secret or a signed-in user, per minute and kind: pushed authorization requests,
    /// device codes, registered clients; 0 = no limit. An IPv6 address counts as its /64.
    /// </summary>
    public int AnonymousRowsPerMinute { get; init; } = 60;

    /// <summary>Pushed authorization requests that one client may have waiting, and device codes, each; without a secret a tenth of it.</summary>
    public int WaitingPerClient { get; init; } = 10_000;

    /// <summary>Clients that may register themselves in one organization within 24 hours; what is granted nothing is deleted after 30 days.</summary>
    public int RegisteredClientsPerDay { get; init; } = 1_000;

    /// <summary>For how many days after its sign-in a grant can be refreshed, however often it is used; 0 = no limit.</summary>
    public int RefreshTokenMaxDays { get; init; } = 365;

    /// <summary>How far <c>iat</c> and <c>nbf</c> of our tokens lie back, for verifiers that allow no difference between clocks.</summary>
    public int TokenClockSkewSeconds { get; init; } = 5;

    /// <summary>Every DPoP proof must carry a nonce of ours (RFC 9449 §8).</summary>
    public bool DpopNonceRequired { get; init; }

    /// <summary>Whether clients may put credentials into the query of an address.</summary>
    public CredentialsInQuery CredentialsInQuery { get; init; }
}

/// <summary>Whether clients may put credentials into the query of an address.</summary>
public enum CredentialsInQuery
{
    Accept,
    Refuse,
}
