using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>What rules read of a provider: an upstream identity source. Secrets are ciphertexts.</summary>
public sealed class Provider
{
    public required string Id { get; init; }
    public required string Owner { get; init; }
    public required string Name { get; init; }
    public string DisplayName { get; init; } = "";
    public required string Category { get; init; }
    public required string Type { get; init; }
    public required string ClientId { get; init; }
    public required string ClientSecret { get; init; }

    /// <summary>Which WeChat Open Platform account issues the unionids that arrive here; empty = the organization's one.</summary>
    public required string OpenPlatform { get; init; }
    public required bool IsDemo { get; init; }
}

public static class Providers
{
    public const string WeChatMiniProgram = "WeChatMiniProgram";
    public const string WeChat = "WeChat";
    private const string Columns = "id, owner, name, display_name, category, type, client_id, client_secret, open_platform, is_demo";

    /// <summary>The provider of this owner and name, or null.</summary>
    public static Task<Provider?> FindAsync(DbConnection connection, string owner, string name) => connection.QuerySingleOrDefaultAsync<Provider?>(
        $"select {Columns} from providers where owner = @owner and name = @name", new { owner, name });

    /// <summary>The same for the organization of this name.</summary>
    public static async Task<IEnumerable<Provider>> FindOfAsync(DbConnection connection, IReadOnlyCollection<string> names, string organization) =>
        await FindAsync(connection, names, await Organizations.IdOfAsync(connection, organization) ?? "");

    /// <summary>The providers of these names that this organization may use: its own and the installation's.</summary>
    public static Task<IEnumerable<Provider>> FindAsync(DbConnection connection, IReadOnlyCollection<string> names, string organizationId)
    {
        var parameters = new DynamicParameters(new { organizationId });
        return connection.QueryAsync<Provider>(
            $"""
            select {Columns} from providers where name in {parameters.AddList("name", names)} and (owner = 'admin' or organization_id = @organizationId)
            """, parameters);
    }
}
