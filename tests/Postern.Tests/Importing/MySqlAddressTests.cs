using MySqlConnector;
using Postern.Directory.Objects;
using Postern.Import.Casdoor;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Start;
using Xunit;

namespace Postern.Tests.Importing;

/// <summary>How MySQL's address is spelled, and how its tables are read.</summary>
public sealed class MySqlAddressTests(SharedDump shared) : IClassFixture<SharedDump>
{
    [Theory]
    [InlineData("root:123456@tcp(localhost:3306)/", "localhost 3306 root 123456 casdoor")]
    [InlineData("root:123456@tcp(db.example)/other?charset=utf8mb4&loc=Local", "db.example 3306 root 123456 other")]
    [InlineData("root:p@ss:w/rd@tcp(10.0.0.1:3307)/casdoor", "10.0.0.1 3307 root p@ss:w/rd casdoor")]
    [InlineData("root:a@tcp(b)/c@tcp(10.0.0.1:3307)/casdoor", "10.0.0.1 3307 root a@tcp(b)/c casdoor")]
    [InlineData("root:100%25@tcp([::1]:3306)/casdoor", "::1 3306 root 100%25 casdoor")]
    [InlineData("root@tcp(localhost:3306)/casdoor", "localhost 3306 root  casdoor")]
    [InlineData("root:pw@/casdoor", "127.0.0.1 3306 root pw casdoor")]
    [InlineData("casdoor:pw@unix(/run/mysqld/mysqld.sock)/casdoor", "/run/mysqld/mysqld.sock unix casdoor pw casdoor")]
    [InlineData("mysql://root:p%40ss%2Fw@db:3307/casdoor", "db 3307 root p@ss/w casdoor")]
    [InlineData("mysql://root:p@ss:w/rd@db/", "db 3306 root p@ss:w/rd casdoor")]
    [InlineData("Server=db;User ID=root;Password=a;Database=other", "db 3306 root a other")]
    [InlineData("Server=db;Port=3306;Uid=root;Pwd='a;b'", "db 3306 root a;b casdoor")]
    public void Every_spelling_of_MySQLs_address_is_read(string text, string expected)
    {
        var address = CasdoorAddress.Read(text, "/");

        Assert.Equal(SourceEngine.MySql, address.Engine);
        var read = new MySqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal(expected, $"{read.Server} {(read.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket ? "unix" : read.Port)} {read.UserID} {read.Password} {read.Database}");
        Assert.DoesNotContain(read.Password.Length > 0 ? read.Password : "(none)", address.DisplayName, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Username=casdoor;Password=a;Database=casdoor")]
    [InlineData("Server=db;Port=5432;User Id=casdoor;Password=a")]
    [InlineData("user=casdoor password=a@tcp host=db dbname=casdoor")]
    [InlineData("postgres://casdoor:a@db/casdoor")]
    public void PostgreSQLs_stays_PostgreSQLs(string text) => Assert.Equal(SourceEngine.Postgres, CasdoorAddress.Read(text, "/").Engine);

    [Theory]
    [InlineData("Data Source=/data/casdoor.db")]
    [InlineData("/home/me@shop/casdoor.db")]
    [InlineData("file:casdoor.db?cache=shared")]
    public void A_file_stays_a_file(string text) => Assert.Equal(SourceEngine.Sqlite, CasdoorAddress.Read(text, "/").Engine);

    [Fact]
    public async Task A_password_with_every_sign_of_an_address_signs_in()
    {
        var dump = shared.Dump;
        var user = "u" + Guid.NewGuid().ToString("N")[..16];
        await dump.ExecuteAsync($"create user '{user}'@'127.0.0.1' identified by 'p@ss:w/r%d(x)?'; grant select on {dump.Database}.* to '{user}'@'127.0.0.1'");
        var plain = MariaDbServer.AddressOf(dump.Database, user, "p@ss:w/r%d(x)?");

        foreach (var address in new[] { plain, plain.Replace("p@ss:w/r%d(x)?", "p%40ss%3Aw%2Fr%25d(x)%3F", StringComparison.Ordinal).Replace("@tcp(", "@", StringComparison.Ordinal).Replace(")/", "/", StringComparison.Ordinal).Insert(0, "mysql://") })
        {
            await using var source = await CasdoorDatabase.OpenAsync(CasdoorAddress.Read(address, "/"));
            Assert.Equal(11, await source.CountAsync(ObjectKinds.Organization));
        }
    }

    [Fact]
    public async Task Refusals_name_the_database_and_not_the_password()
    {
        var dump = shared.Dump;
        var empty = await MariaDbServer.CreateDatabaseAsync();

        Assert.Contains("the database refuses this user or password", await RefusalAsync(MariaDbServer.AddressOf(dump.Database, password: "canary")), StringComparison.Ordinal);
        Assert.Contains("the database of that name does not exist", await RefusalAsync(MariaDbServer.AddressOf("none_of_that_name")), StringComparison.Ordinal);
        Assert.Contains("has no tables of Casdoor's", await RefusalAsync(MariaDbServer.AddressOf(empty)), StringComparison.Ordinal);
        await MariaDbServer.DropDatabaseAsync(empty);

        async Task<string> RefusalAsync(string address)
        {
            var refusal = (await Assert.ThrowsAsync<StartRefusedException>(async () => await CasdoorDatabase.OpenAsync(CasdoorAddress.Read(address, "/")))).Message;
            Assert.StartsWith("The Casdoor database (MySQL 127.0.0.1", refusal, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", refusal, StringComparison.Ordinal);
            return refusal;
        }
    }

    [Fact]
    public async Task Casdoors_MySQL_is_asked_for_a_session_that_only_reads()
    {
        var dump = shared.Dump;
        await using var connection = await CasdoorConnection.OpenAsync(CasdoorAddress.Read(dump.Address, "/"));
        await using var command = connection.CreateCommand();
        command.CommandText = "delete from user";

        Assert.Equal(1792, (await Assert.ThrowsAsync<MySqlException>(() => command.ExecuteNonQueryAsync())).Number);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Users_are_read_in_pages_and_as_they_were_when_the_import_began(DatabaseDriver driver)
    {
        await using var dump = await CasdoorDump.LoadAsync();
        // Names whose order is MySQL's own: without regard to capitals and accents.
        await dump.ExecuteAsync(
            """
            insert into user (owner, name, id, display_name, is_forbidden)
            select if(seq % 2 = 0, 'other', 'Hold-2'), concat(elt(seq % 5 + 1, 'a', 'B', 'é', 'Z', '小'), seq), concat('many-', seq), '🍵', seq % 3 = 0 from seq_1_to_1200;
            insert into organization (owner, name) values ('admin', 'Hold-2');
            """);
        await using var installed = await Installed.NewAsync(driver);
        await using (var source = await CasdoorDatabase.OpenAsync(CasdoorAddress.Read(dump.Address, "/")))
        {
            await dump.ExecuteAsync("insert into user (owner, name, id) values ('other', 'late', 'late')");
            Assert.Equal(1219, await source.CountAsync(ObjectKinds.User));
        }

        var (_, report) = await dump.ImportAsync(installed.Options, new ManualClock());

        Assert.Contains("users: 1,220 read, 1,220 taken, 0 already there, 0 not taken", report, StringComparison.Ordinal);
        Assert.Equal(["1200"], await installed.ReadAsync("select cast(count(*) as char(4)) from users where id like 'many-%' and display_name = '🍵'"));
        Assert.Equal(["400"], await installed.ReadAsync("select cast(count(*) as char(3)) from users where id like 'many-%' and is_forbidden"));
    }
}
