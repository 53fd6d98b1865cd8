namespace Postern.Storage.Databases;

/// <summary>The settings that storage works by. Those of the projects above are added to them, project by project.</summary>
public record StorageOptions
{
    public DatabaseDriver Driver { get; init; } = DatabaseDriver.Sqlite;

    /// <summary>A connection string of the driver's own library (Microsoft.Data.Sqlite or Npgsql).</summary>
    public string ConnectionString { get; init; } = "Data Source=data/postern.db";

    public string MasterKeyFile { get; init; } = "data/master.key";

    /// <summary>What all caches hold together, in MB.</summary>
    public int CacheMegabytes { get; init; } = 32;

    /// <summary>The fewest days that an organization can say its records are kept; 0 = any.</summary>
    public int MinimumRecordRetentionDays { get; init; } = 30;

    /// <summary>A Debug build in Development: demo data and the WeChat sandbox exist here and nowhere else.</summary>
    public bool HasSandbox { get; init; }
}

public enum DatabaseDriver
{
    Sqlite,
    Postgres,
}
