using Npgsql;

namespace Postern.Server.Data;

/// <summary>How a PostgreSQL connection is opened.</summary>
internal static class PostgresConnections
{
    public static string Complete(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "postern",
            // Every statement of the hot path is one of a few: prepared once per connection, planned once.
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        };
        builder.Timeout = Math.Min(builder.Timeout, 5);
        builder.CommandTimeout = Math.Min(builder.CommandTimeout, 15);
        return builder.ConnectionString;
    }
}
