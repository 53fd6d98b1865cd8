using Npgsql;

namespace Postern.Storage.Databases;

/// <summary>How a PostgreSQL connection is opened.</summary>
internal static class PostgresConnections
{
    private const string PoolSize = "Maximum Pool Size";

    // The write queue's sixteen and more than as many readers: what waits for one of these is served sooner than a further
    // backend starts. Two nodes fit under PostgreSQL's own max_connections of 100, of which three are its superuser's.
    private const int DefaultPoolSize = 40;

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
        if (!builder.ShouldSerialize(PoolSize))
        {
            builder.MaxPoolSize = DefaultPoolSize;
        }

        return builder.ConnectionString;
    }
}
