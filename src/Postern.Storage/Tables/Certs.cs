using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>What rules read of a certificate; its name is the <c>kid</c>.</summary>
public sealed class Cert
{
    public required string Id { get; init; }
    public required string Owner { get; init; }
    /// <summary>The organization that it belongs to; null = the installation's.</summary>
    public string? OrganizationId { get; init; }
    public required string Name { get; init; }
    public required string Type { get; init; }
    public required string CryptoAlgorithm { get; init; }
    public required long CreatedTime { get; init; }

    /// <summary>Whether it may sign for, or vouch for, an application of this organization: the installation's and its own certificates may.</summary>
    public bool IsFor(string organizationId) => Owner == "admin" || OrganizationId == organizationId;

    /// <summary>PEM.</summary>
    public required string Certificate { get; init; }

    /// <summary>Ciphertext of a PEM.</summary>
    public required string PrivateKey { get; init; }
}

public static class Certs
{
    public const string BuiltIn = "cert-built-in";

    private const string Columns = "select id, owner, organization_id, name, type, crypto_algorithm, created_time, certificate, private_key from certs";

    public static Task<Cert?> FindAsync(DbConnection connection, string name, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<Cert?>(Columns + " where name = @name", new { name }, transaction);

    /// <summary>The keys that are published to all clients: the installation's own, never an organization's.</summary>
    public static Task<IEnumerable<Cert>> OfInstallationAsync(DbConnection connection) =>
        OfOrganizationAsync(connection, "");

    /// <summary>The keys that may sign for an organization's applications: its own and the installation's.</summary>
    public static Task<IEnumerable<Cert>> OfOrganizationAsync(DbConnection connection, string organizationId) =>
        connection.QueryAsync<Cert>(Columns + " where (owner = 'admin' or organization_id = @organizationId) and type = 'x509' order by name", new { organizationId });
}
