using Postern.Storage.Databases;

namespace Postern.Import.Casdoor;

/// <summary>The database systems that Casdoor keeps its data in and an import reads. Our own are fewer (<see cref="DatabaseDriver"/>).</summary>
public enum SourceEngine
{
    Sqlite,
    Postgres,
    MySql,
}

/// <summary>A connection string of the driver's own library, and what may be shown of it.</summary>
public sealed record SourceAddress(SourceEngine Engine, string ConnectionString, string DisplayName);
