namespace Postern.Server.Hosting.Configuration;

/// <summary>A connection string of the driver's own library, and what may be shown of it.</summary>
internal sealed record DatabaseSource(DatabaseDriver Driver, string ConnectionString, string DisplayName)
{
    /// <summary>Null after a refusal.</summary>
    public static DatabaseSource? Read(Settings settings)
    {
        switch (settings.Text(ConfigurationKeys.DriverName)?.ToLowerInvariant())
        {
            case null or "sqlite":
                return SqliteSource.Read(settings);
            case "postgres":
                return PostgresSource.Read(settings);
            default:
                settings.Refuse(ConfigurationKeys.DriverName, "it must be sqlite or postgres");
                return null;
        }
    }
}
