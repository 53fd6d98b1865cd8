using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using Postern.Directory.Objects;

namespace Postern.Tests.Importing;

/// <summary>Casdoor's database: its tables, columns and the way values stand in them.</summary>
internal static class CasdoorTables
{
    // Columns that carry the name of the property as it is, and bytes.
    private static readonly string[] Blobs = ["webauthnCredentials", "managedAccounts", "mfaAccounts"];

    // Properties that are computed, and have no column.
    private static readonly string[] NoColumns =
        ["multiFactorAuths", "organizationObj", "CertObj", "certPublicKey", "applicationObj", "providerObjs", "modelCfg", "haveChildren", "orderObj", "thirdPartyLinks"];

    public static async Task WriteAsync(DbConnection connection, CasdoorWorld world, string prefix = "")
    {
        foreach (var kind in ObjectKinds.All)
        {
            await WriteAsync(connection, kind, (JsonArray)world.Sections[kind.Plural]!, prefix);
        }

        await connection.ExecuteAsync(
            $"""
            create table "{prefix}token" (owner varchar(100), name varchar(100), access_token text);
            insert into "{prefix}token" values ('admin', 't1', 'canary-token');
            create table "{prefix}session" (owner varchar(100), name varchar(100), application varchar(100), session_id text);
            create table "{prefix}casbin_tea_rule" (id bigint primary key, ptype varchar(100) not null default '', v0 varchar(100) not null default '', v1 varchar(100) not null default '',
              v2 varchar(100) not null default '', v3 varchar(100) not null default '', v4 varchar(100) not null default '', v5 varchar(100) not null default '');
            insert into "{prefix}casbin_tea_rule" (id, ptype, v0, v1, v2) values (1, 'p', 'mei', 'oven', 'open'), (2, 'p', 'mei', 'oven', 'close');
            """);
    }

    private static async Task WriteAsync(DbConnection connection, ObjectKind kind, JsonArray objects, string prefix)
    {
        var columns = kind.Shape.Names.Where(n => !NoColumns.Contains(n)).ToList();
        var key = kind.NameProperty == "name" ? "owner, name" : kind.NameProperty;
        await connection.ExecuteAsync(
            $"create table \"{prefix}{kind.Name}\" ({string.Join(", ", columns.Select(c => $"\"{NameOf(c)}\" {TypeOf(connection, kind, c)}"))}, primary key ({key}))");
        foreach (var document in objects.OfType<JsonObject>())
        {
            var present = columns.Where(document.ContainsKey).ToList();
            var parameters = new DynamicParameters();
            foreach (var column in present)
            {
                parameters.Add(column, ValueOf(connection, kind, column, document[column]));
            }

            await connection.ExecuteAsync(
                $"insert into \"{prefix}{kind.Name}\" ({string.Join(", ", present.Select(c => $"\"{NameOf(c)}\""))}) values ({string.Join(", ", present.Select(c => "@" + c))})", parameters);
        }
    }

    public static async Task<DbConnection> OpenAsync(string connectionString, bool isPostgres)
    {
        DbConnection connection = isPostgres ? new NpgsqlConnection(connectionString) : new SqliteConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>An underline before each capital letter but the first.</summary>
    private static string NameOf(string property) =>
        Blobs.Contains(property) ? property : string.Concat(property.Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));

    private static string TypeOf(DbConnection connection, ObjectKind kind, string property) => (kind.Shape.TypeOf(property), connection is NpgsqlConnection) switch
    {
        _ when Blobs.Contains(property) => connection is NpgsqlConnection ? "bytea" : "blob",
        (ColumnType.Bool, true) => "boolean",
        (ColumnType.Bool, false) => "integer",
        (ColumnType.Whole, _) => "bigint",
        (ColumnType.Fraction, true) => "double precision",
        (ColumnType.Fraction, false) => "real",
        (ColumnType.Text, _) => "varchar(2000)",
        _ => "text",
    };

    private static object? ValueOf(DbConnection connection, ObjectKind kind, string property, JsonNode? value)
    {
        if (Blobs.Contains(property))
        {
            return JsonSerializer.SerializeToUtf8Bytes(value);
        }

        return kind.Shape.TypeOf(property) switch
        {
            ColumnType.Bool when connection is SqliteConnection => value!.GetValue<bool>() ? 1 : 0,
            ColumnType.Bool => value!.GetValue<bool>(),
            ColumnType.Whole => long.Parse(value!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture),
            ColumnType.Fraction => double.Parse(value!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture),
            ColumnType.Text => value!.GetValue<string>(),
            _ => value?.ToJsonString() ?? "null",
        };
    }
}
