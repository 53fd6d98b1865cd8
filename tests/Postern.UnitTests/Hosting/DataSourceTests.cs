using Microsoft.Data.Sqlite;
using Npgsql;
using Postern.Storage.Databases;
using Xunit;

namespace Postern.UnitTests.Hosting;

public sealed class DataSourceTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.db", "x.db")]
    [InlineData("./sub/x.db", "sub/x.db")]
    [InlineData("/srv/x.db", "/srv/x.db")]
    [InlineData("file:x.db?cache=shared", "x.db")]
    [InlineData("file:x.db?cache=shared&mode=rwc&_journal=WAL", "x.db")]
    [InlineData("file:a%20b.db", "a b.db")]
    [InlineData("file:///srv/x.db", "/srv/x.db")]
    [InlineData("file:/srv/x.db", "/srv/x.db")]
    [InlineData("file://data/x.db", "data/x.db")]
    [InlineData("Data Source=x.db;Cache=Shared", "x.db")]
    public void A_SQLite_source_names_a_file(string source, string path)
    {
        var options = _folder.Options($"dataSourceName = {source}");
        var builder = new SqliteConnectionStringBuilder(options.ConnectionString);
        Assert.Equal(_folder.In(path), builder.DataSource);
        Assert.Equal(SqliteOpenMode.ReadWriteCreate, builder.Mode);
        Assert.Equal(SqliteCacheMode.Default, builder.Cache);
        Assert.Equal(DatabaseDriver.Sqlite, options.Driver);
    }

    [Fact]
    public void A_database_name_with_a_control_character_is_refused() =>
        Assert.Contains("dbName", _folder.Refusal("driverName = postgres\ndataSourceName = user=a host=b dbname=\ndbName = a\0b"), StringComparison.Ordinal);

    [Theory]
    [InlineData(":memory:", "postern")]
    [InlineData("file::memory:?cache=shared", "postern")]
    [InlineData("file:test1?mode=memory&cache=shared", "test1")]
    public void A_SQLite_database_in_memory_is_shared_by_all_connections(string source, string name)
    {
        var options = _folder.Options($"dataSourceName = {source}");
        var builder = new SqliteConnectionStringBuilder(options.ConnectionString);
        Assert.Equal((name, SqliteOpenMode.Memory, SqliteCacheMode.Shared), (builder.DataSource, builder.Mode, builder.Cache));
        Assert.Contains("lost when the server stops", Assert.Single(options.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:x.db?mode=ro", "mode=ro is not")]
    [InlineData("file:x.db?_auth_pass=hunter2&key=hunter2", "key is not")]
    [InlineData("file:?cache=shared", "must name a file")]
    [InlineData("root:hunter2@tcp(localhost:3306)/", "another database's")]
    [InlineData("postgres://postern:hunter2@localhost/postern", "another database's")]
    [InlineData("user=postern password=hunter2 host=localhost dbname=", "another database's")]
    [InlineData("Data Source=x.db;Password=hunter2", "no password")]
    [InlineData("Data Source=x.db;hunter2=1", "no password")]
    public void A_source_that_is_not_SQLites_is_refused_without_its_secret(string source, string reason)
    {
        var refusal = _folder.Refusal($"dataSourceName = {source}");
        Assert.Contains("dataSourceName = ", refusal, StringComparison.Ordinal);
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"user=u password=hunter2 host=db port=5433 sslmode=disable dbname=\"", "u", "hunter2", "db", 5433, "postern")]
    [InlineData("user=u password=hunter2 host=db dbname=casdoor", "u", "hunter2", "db", 5432, "casdoor")]
    [InlineData("user = u password = 'hunter2 it\\'s \\\\' host = db", "u", "hunter2 it's \\", "db", 5432, "postern")]
    [InlineData("user=u password=hunter2;x host=db dbname=", "u", "hunter2;x", "db", 5432, "postern")]
    [InlineData("user=u password= host=db dbname= sslmode=disable", "u", null, "db", 5432, "postern")]
    [InlineData("postgres://u:hunter2@db:5433/casdoor?sslmode=require", "u", "hunter2", "db", 5433, "casdoor")]
    [InlineData("postgresql://u:hunter2%2F%40@db", "u", "hunter2/@", "db", 5432, "postern")]
    [InlineData("postgresql://u:hunter2@db/", "u", "hunter2", "db", 5432, "postern")]
    [InlineData("postgres://u:hunter2@[::1]:5433/casdoor", "u", "hunter2", "::1", 5433, "casdoor")]
    [InlineData("postgres:///casdoor?host=/var/run/postgresql&user=u", "u", null, "/var/run/postgresql", 5432, "casdoor")]
    [InlineData("postgres://u:hunter2@a:1,b:2/casdoor", "u", "hunter2", "a:1,b:2", 5432, "casdoor")]
    [InlineData("user=u password=hunter2 host=a,b port=1,2", "u", "hunter2", "a:1,b:2", 5432, "postern")]
    [InlineData("Host=db;Port=5433;Username=u;Password=hunter2;Database=casdoor", "u", "hunter2", "db", 5433, "casdoor")]
    [InlineData("host=db;username=u;password=hunter2", "u", "hunter2", "db", 5432, "postern")]
    [InlineData("User Id=u;Server=db;Password='hunter2;x'", "u", "hunter2;x", "db", 5432, "postern")]
    public void A_PostgreSQL_source_is_read_in_every_style(
        string source, string user, string? password, string host, int port, string database)
    {
        var options = _folder.Options($"driverName = postgres\ndataSourceName = {source}");
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        Assert.Equal((user, password, host, port, database),
            (builder.Username!, builder.Password, builder.Host!, builder.Port, builder.Database!));
        Assert.Equal(DatabaseDriver.Postgres, options.Driver);
        Assert.Contains(host, options.DatabaseDisplayName, StringComparison.Ordinal);
        Assert.EndsWith("/" + database, options.DatabaseDisplayName, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", options.DatabaseDisplayName, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    public void Libpqs_sslmode_becomes_Npgsqls(string mode, SslMode expected)
    {
        foreach (var source in new[] { $"host=db sslmode={mode}", $"postgres://db/x?sslmode={mode}" })
        {
            var options = _folder.Options($"driverName = postgres\ndataSourceName = {source}");
            Assert.Equal(expected, new NpgsqlConnectionStringBuilder(options.ConnectionString).SslMode);
        }
    }

    [Fact]
    public void The_database_name_is_taken_from_dbName_where_the_source_names_none()
    {
        var options = _folder.Options("driverName = postgres\ndbName = people\ndataSourceName = user=u host=db dbname=");
        Assert.Equal("PostgreSQL db/people", options.DatabaseDisplayName);
    }

    [Theory]
    [InlineData("", "must name a host")]
    [InlineData("user=u password=hunter2", "must name a host")]
    [InlineData("host=db password=a hunter2", "position 20 ")]
    [InlineData("host=db password='hunter2", "position 9 ")]
    [InlineData("host=db password=x hunter2=1", "position 20 ")]
    [InlineData("host=db password=hunter2 port=abc", "its port")]
    [InlineData("host=db password=hunter2 sslmode=maybe", "verify-full")]
    [InlineData("host=db password=hunter2 connect_timeout=x", "its connect_timeout")]
    [InlineData("postgres://u:hunter2/x@db/casdoor", "percent-encoded")]
    [InlineData("postgres://u:hunter2?x@db/casdoor", "percent-encoded")]
    [InlineData("postgres://u:hunter2@db:port/casdoor", "its port")]
    [InlineData("Host=db;Password=a;hunter2=b", "does not understand it")]
    [InlineData("Host=db;Password=hunter2;Port=x", "does not understand it")]
    [InlineData("hunter2", "position 1 ")]
    public void A_bad_PostgreSQL_source_is_refused_without_its_secret(string source, string reason)
    {
        var refusal = _folder.Refusal($"driverName = postgres\ndataSourceName = {source}");
        Assert.Contains("dataSourceName = ", refusal, StringComparison.Ordinal);
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal, StringComparison.Ordinal);
    }
}
