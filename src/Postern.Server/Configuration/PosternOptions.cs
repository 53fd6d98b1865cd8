using System.Net;
using Postern.CasdoorApi;

namespace Postern.Server.Configuration;

/// <summary>The settings of one server, read and checked once, before anything starts.</summary>
public sealed record PosternOptions : CasdoorApiOptions
{
    public int HttpPort { get; init; } = 8000;

    /// <summary>What start-up prints of the database: a path, or host and database name; never a password.</summary>
    public string DatabaseDisplayName { get; init; } = "SQLite data/postern.db";

    /// <summary>Where the built console is; no setting, it stands beside the program.</summary>
    public string ConsoleDirectory { get; init; } = Path.Combine(AppContext.BaseDirectory, "console");

    public bool ShowSql { get; init; }

    /// <summary>Casdoor's init_data.json; null = none.</summary>
    public string? InitDataFile { get; init; }

    /// <summary>Peers whose X-Forwarded-* headers are trusted. Empty: none.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>ASP.NET Core's environment is Development (Casdoor's <c>runmode</c> opens nothing).</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>Sentences for the operator that do not stop the start: unknown keys, a foreign WeChat endpoint.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
