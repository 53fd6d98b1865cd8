using System.Net;

namespace Postern.Storage.Databases;

/// <summary>The settings of one server, read and checked once, before anything starts.</summary>
public sealed record PosternOptions
{
    public int HttpPort { get; init; } = 8000;

    public DatabaseDriver Driver { get; init; } = DatabaseDriver.Sqlite;

    /// <summary>A connection string of the driver's own library (Microsoft.Data.Sqlite or Npgsql).</summary>
    public string ConnectionString { get; init; } = "Data Source=data/postern.db";

    /// <summary>What start-up prints of the database: a path, or host and database name; never a password.</summary>
    public string DatabaseDisplayName { get; init; } = "SQLite data/postern.db";

    /// <summary>The issuer and the base of every address we announce; no trailing slash. Never taken from a request's Host header.</summary>
    public string Origin { get; init; } = "http://localhost:8000";

    /// <summary>Where the built console is; no setting, it stands beside the program.</summary>
    public string ConsoleDirectory { get; init; } = Path.Combine(AppContext.BaseDirectory, "console");

    /// <summary>The base of the pages a browser opens; <see cref="Origin"/> where it is not set.</summary>
    public string OriginFrontend { get; init; } = "http://localhost:8000";

    public bool ShowSql { get; init; }

    /// <summary>Casdoor's init_data.json; null = none.</summary>
    public string? InitDataFile { get; init; }

    public Uri WechatEndpoint { get; init; } = new("https://api.weixin.qq.com");

    public string MasterKeyFile { get; init; } = "data/master.key";

    /// <summary>Where uploaded files stand; nodes of one installation share it.</summary>
    public string ResourceDirectory { get; init; } = "data/resources";

    /// <summary>The largest file that may be uploaded, in MB (1,048,576 bytes).</summary>
    public int ResourceMegabytes { get; init; } = 10;

    /// <summary>What the files of one user may take together, in MB.</summary>
    public int ResourceQuotaMegabytes { get; init; } = 200;

    /// <summary>Peers whose X-Forwarded-* headers are trusted. Empty: none.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Refused token requests per (address, client) and minute before the answer is 429; 0 = no limit.</summary>
    public int RefusedTokenRequestsPerMinute { get; init; } = 120;

    /// <summary>For how many days after its sign-in a grant can be refreshed, however often it is used; 0 = no limit.</summary>
    public int RefreshTokenMaxDays { get; init; } = 365;

    /// <summary>
    /// Rows that one address may make without a secret or a signed-in user, per minute and kind: pushed authorization requests,
    /// device codes, registered clients; 0 = no limit. An IPv6 address counts as its /64.
    /// </summary>
    public int AnonymousRowsPerMinute { get; init; } = 60;

    /// <summary>Pushed authorization requests that one client may have waiting, and device codes, each; without a secret a tenth of it.</summary>
    public int WaitingPerClient { get; init; } = 10_000;

    /// <summary>Clients that may register themselves in one organization within 24 hours; what is granted nothing is deleted after 30 days.</summary>
    public int RegisteredClientsPerDay { get; init; } = 1_000;

    /// <summary>What all caches hold together, in MB.</summary>
    public int CacheMegabytes { get; init; } = 32;

    /// <summary>How far <c>iat</c> and <c>nbf</c> of our tokens lie back, for verifiers that allow no difference between clocks.</summary>
    public int TokenClockSkewSeconds { get; init; } = 5;

    /// <summary>Whether clients may put credentials into the query of an address.</summary>
    public CredentialsInQuery CredentialsInQuery { get; init; }

    /// <summary>Addresses that clients and administrators give (keys, sign-out notices, logos) may lie in a private network.</summary>
    public bool AllowPrivateTargets { get; init; }

    /// <summary>The fewest days that an organization can say its records are kept; 0 = any.</summary>
    public int MinimumRecordRetentionDays { get; init; } = 30;

    /// <summary>Every DPoP proof must carry a nonce of ours (RFC 9449 §8).</summary>
    public bool DpopNonceRequired { get; init; }

    /// <summary>ASP.NET Core's environment is Development (Casdoor's <c>runmode</c> opens nothing).</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>A Debug build in Development: demo data and the WeChat sandbox exist here and nowhere else.</summary>
    public bool HasSandbox { get; init; }

    /// <summary>Sentences for the operator that do not stop the start: unknown keys, a foreign WeChat endpoint.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

public enum DatabaseDriver
{
    Sqlite,
    Postgres,
}

/// <summary>Whether clients may put credentials into the query of an address.</summary>
public enum CredentialsInQuery
{
    Accept,
    Refuse,
}
