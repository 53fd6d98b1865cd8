using Postern.Storage.Databases;

namespace Postern.Server.Configuration;

/// <summary>A connection string of the driver's own library, and what may be shown of it.</summary>
internal sealed record DatabaseSource(DatabaseDriver Driver, string ConnectionString, string DisplayName)
{
    /// <summary>Null after a refusal.</summary>
    public static DatabaseSource? Read(SettingsReader settings)
    {
        var driver = settings.Choice(ConfigurationKeys.DriverName);
        if (settings.Refusal is not null)
        {
            return null;
        }

        return driver == "postgres" ? PostgresSource.Read(settings) : SqliteSource.Read(settings);
    }
}
