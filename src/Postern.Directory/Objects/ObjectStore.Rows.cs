using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

// The statements. Table and column names come from the kinds' fixed lists, values travel as parameters.
public sealed partial class ObjectStore
{
    /// <summary>False where the name, the id or the client id is taken: nothing was written.</summary>
    public static async Task<bool> AddAsync(DbConnection connection, DbTransaction transaction, PreparedObject prepared)
    {
        RequireHashed(prepared.ClearPassword);
        var (kind, parameters) = (prepared.Kind, new DynamicParameters(prepared.Values));
        var columns = string.Join(", ", prepared.Values.Keys);
        var values = string.Join(", ", prepared.Values.Keys.Select(c => "@" + c));
        if (kind.NamesUser)
        {
            columns += ", user_id";
            values += ", " + NamedUser(parameters, (string)prepared.Values["user_name"]!, prepared.Organization);
        }

        if (kind.OrganizationColumn is { } named)
        {
            (columns, values) = (columns + ", organization_id", $"{values}, (select o.id from organizations o where o.name = @{named})");
        }

        if (await connection.ExecuteAsync($"insert into {kind.Table} ({columns}) values ({values}) on conflict do nothing", parameters, transaction) != 1)
        {
            return false;
        }

        // After the row: who deletes the application of this client id at this instant is waited for there.
        if (kind == ApplicationKind.Kind && await Applications.IsRetiredAsync(connection, (string)prepared.Values["client_id"]!, prepared.Id, transaction))
        {
            await connection.ExecuteAsync("delete from applications where id = @Id", new { prepared.Id }, transaction);
            return false;
        }

        // After the row: a deletion of the user of this id at this instant is waited for there.
        if (kind == UserKind.Kind && await connection.ExecuteAsync(
            "delete from users where id = @Id and exists (select 1 from retired_ids where kind = @User and id = users.id_form)", new { prepared.Id, RetiredIds.User }, transaction) > 0)
        {
            return false;
        }

        await Memberships.ReplaceAsync(connection, transaction, kind, prepared.Id, prepared.Lists);
        await Memberships.BindAsync(connection, transaction, kind, prepared.Id, prepared.Owner, prepared.Name);
        return true;
    }

    /// <summary>
    /// Writes the changed columns where the row is still as it was read, in name and in whatever is merged in it: false
    /// means gone, changed meanwhile, or a name or client id that is taken; read again and decide.
    /// </summary>
    public static async Task<bool> UpdateAsync(DbConnection connection, DbTransaction transaction, PreparedUpdate update)
    {
        RequireHashed(update.ClearPassword);
        var (stored, kind) = (update.Stored, update.Stored.Kind);
        if (update.Values.Count == 0 && update.Lists.Count == 0)
        {
            return await connection.ExecuteScalarAsync<long>(
                $"select count(*) from {kind.Table} where id = @Id and owner = @Owner and name = @Name", new { stored.Id, stored.Owner, stored.Name }, transaction) == 1;
        }

        var parameters = new DynamicParameters(update.Values);
        parameters.Add("old_id", stored.Id);
        parameters.Add("old_owner", stored.Owner);
        parameters.Add("old_name", stored.Name);
        var conditions = "id = @old_id and owner = @old_owner and name = @old_name";
        if (kind.IsShared || kind == ApplicationKind.Kind)
        {
            // Whose it is was judged: where that changed meanwhile, it is judged again.
            parameters.Add("old_organization", stored.Text("organization"));
            conditions += " and organization = @old_organization";
        }

        if (kind == ApplicationKind.Kind)
        {
            // Who may change it follows from this.
            parameters.Add("old_api_access", stored.Text("api_access"));
            conditions += " and api_access = @old_api_access";
        }

        foreach (var merged in new[] { "body", kind.EncryptedProperties?.Column }.OfType<string>().Where(update.Values.ContainsKey))
        {
            parameters.Add("old_" + merged, stored.Text(merged));
            conditions += $" and {merged} = @old_{merged}";
        }

        var scope = kind.IsShared ? " and other." + kind.Scope : "";
        if (kind.IsNamedWithinOwner && (update.Values.ContainsKey("name") || update.Values.ContainsKey("owner")))
        {
            parameters.Add("new_owner", update.Values.GetValueOrDefault("owner", stored.Owner));
            parameters.Add("new_name", update.Values.GetValueOrDefault("name", stored.Name));
            conditions += $" and not exists (select 1 from {kind.Table} other where other.owner = @new_owner and other.name = @new_name and other.id <> @old_id{scope})";
        }

        foreach (var unique in kind.Unique.Concat(kind.IsNamedWithinOwner ? [] : ["name"]).Concat(kind.IsShared ? ["lookup"] : []).Where(update.Values.ContainsKey))
        {
            conditions += $" and not exists (select 1 from {kind.Table} other where other.{unique} = @{unique} and other.{unique} <> '' and other.id <> @old_id{scope})";
        }

        var assignments = string.Join(", ", update.Values.Keys.Select(c => $"{c} = @{c}").DefaultIfEmpty("id = id"));
        if (kind.NamesUser && (update.Values.ContainsKey("user_name") || update.Organization != stored.Text("organization")))
        {
            // In another organization the name is another user's, and only the document that moves the object may mean that one.
            assignments += ", user_id = " + NamedUser(parameters, (string)update.Values.GetValueOrDefault("user_name", "")!, update.Organization);
        }

        if (kind.OrganizationColumn is { } named && update.Values.ContainsKey(named))
        {
            assignments += $", organization_id = (select o.id from organizations o where o.name = @{named})";
        }

        if (await connection.ExecuteAsync($"update {kind.Table} set {assignments} where {conditions}", parameters, transaction) != 1)
        {
            return false;
        }

        if (kind == ApplicationKind.Kind && update.Values.TryGetValue("client_id", out var clientId))
        {
            if (await Applications.IsRetiredAsync(connection, (string)clientId!, stored.Id, transaction))
            {
                return false;
            }

            await Applications.RetireAsync(connection, stored.Text("client_id"), stored.Id, update.Now, transaction);
        }

        if (kind == ApplicationKind.Kind && ApplicationKind.Recognized.Any(update.Values.ContainsKey))
        {
            await Consents.DeleteOfApplicationAsync(connection, stored.Id, transaction);
        }

        await Memberships.ReplaceAsync(connection, transaction, kind, stored.Id, update.Lists);
        if (update.Values.ContainsKey("name") || update.Values.ContainsKey("owner"))
        {
            await Renames.FollowAsync(connection, transaction, stored, (string)update.Values.GetValueOrDefault("owner", stored.Owner)!, (string)update.Values.GetValueOrDefault("name", stored.Name)!, update.Now);
        }

        if (kind == UserKind.Kind && (update.Values.GetValueOrDefault("is_forbidden") is true || update.Values.GetValueOrDefault("is_deleted") is true))
        {
            await EndedSignIns.EndEverywhereAsync(connection, stored.Id, update.Now, transaction);
        }

        return true;
    }

    /// <summary>
    /// False where there is no such object, it is built in, or others hang on it (<see cref="RefuseDeletionAsync"/> says
    /// which). A user is signed out everywhere; where the organization deletes softly, the row stays.
    /// </summary>
    public static async Task<bool> DeleteAsync(DbConnection connection, DbTransaction transaction, ObjectKind kind, string owner, string name, long now)
    {
        var key = new { owner, name, now };
        if (kind.BuiltIn.Contains(name))
        {
            return false;
        }

        if (kind == OrganizationKind.Kind)
        {
            return owner == kind.FixedOwner && await Organizations.DeleteAsync(connection, name, transaction);
        }

        if (kind == ApplicationKind.Kind)
        {
            // The row is locked first: of two deletions one does it.
            return await connection.QuerySingleOrDefaultAsync<string?>(
                    "update applications set created_time = created_time where owner = @owner and name = @name returning id", key, transaction) is { } application
                && await Applications.DeleteAsync(connection, [application], now, transaction) == 1;
        }

        if (kind != UserKind.Kind)
        {
            if (await connection.QuerySingleOrDefaultAsync<string?>(
                $"delete from {kind.Table} where owner = @owner and name = @name{And(kind)} returning id", key, transaction) is not { } deleted)
            {
                return false;
            }

            await Memberships.EndAsync(connection, transaction, kind, deleted);
            if (kind == AdapterKind.Kind)
            {
                await Policies.EndAsync(connection, transaction, deleted);
            }

            if (kind == ResourceKind.Kind)
            {
                await Files.DeleteOfResourceAsync(connection, deleted, transaction);
            }

            if (kind == WebhookKind.Kind)
            {
                await WebhookEvents.DeleteOfWebhookAsync(connection, deleted, transaction);
            }

            if (kind == CertKind.Kind)
            {
                await RetiredCerts.AddAsync(connection, name, now, transaction);
            }

            return true;
        }

        var id = await connection.QuerySingleOrDefaultAsync<string?>("select id from users where owner = @owner and name = @name", key, transaction);
        if (id is null)
        {
            return false;
        }

        await EndedSignIns.EndEverywhereAsync(connection, id, now, transaction);
        if (await connection.ExecuteAsync(
            """
            update users set is_deleted = true, deleted_time = @now, updated_time = @now
            where id = @id and exists (select 1 from organizations o where o.name = users.owner and o.enable_soft_deletion)
            """, new { id, now }, transaction) == 1)
        {
            return true;
        }

        return await UserErasure.RunAsync(connection, transaction, id, now);
    }

    /// <summary>The id of the user that a new object names, found in the statement that writes the object; '' where there is none. Some clients write organization/name.</summary>
    private static string NamedUser(DynamicParameters parameters, string user, string organization)
    {
        parameters.Add("user_owner", organization);
        parameters.Add("user_in_it", user.StartsWith(organization + "/", StringComparison.Ordinal) ? user[(organization.Length + 1)..] : user);
        return "coalesce((select u.id from users u where u.owner = @user_owner and u.name = @user_in_it), '')";
    }

    /// <summary>The sentence for an organization that still has something of its own, and for a cert that signs; else null.</summary>
    public static async Task<LocalizedText?> RefuseDeletionAsync(DbConnection connection, StoredObject stored, long now, DbTransaction? transaction = null)
    {
        var (kind, name) = (stored.Kind, stored.Name);
        if (kind != OrganizationKind.Kind)
        {
            return kind == CertKind.Kind ? await CertNames.RefuseDeletionAsync(connection, name, DateTimeOffset.FromUnixTimeMilliseconds(now), transaction)
                : kind == GroupKind.Kind ? await GroupViews.RefuseDeletionAsync(connection, stored, transaction)
                : null;
        }

        foreach (var (table, column) in Organizations.Dependents)
        {
            if (await connection.ExecuteScalarAsync<long>($"select count(*) from (select 1 from {table} where {column} = @name limit 1) found", new { name }, transaction) > 0)
            {
                if (table == "objects")
                {
                    var kept = await connection.ExecuteScalarAsync<string>("select kind from objects where organization = @name limit 1", new { name }, transaction);
                    return new LocalizedText($"the organization {name} still has objects of the kind {kept}: delete them first", $"组织 {name} 中仍有 {kept} 类型的对象：请先删除");
                }

                return new LocalizedText($"the organization {name} still has {table}: delete them first", $"组织 {name} 中仍有 {table}：请先删除");
            }
        }

        return null;
    }

    /// <summary>The row, or null; certs and providers are found by the owner they have.</summary>
    public static async Task<StoredObject?> FindAsync(DbConnection connection, ObjectKind kind, string owner, string name, DbTransaction? transaction = null)
    {
        var row = await connection.QuerySingleOrDefaultAsync(
            $"select {Selected(kind)} from {kind.Table} where owner = @owner and name = @name{And(kind)}", new { owner, name }, transaction);
        return row is null ? null : new StoredObject(kind, (IDictionary<string, object?>)row);
    }

    public static async Task<StoredObject?> FindByIdAsync(DbConnection connection, ObjectKind kind, string id)
    {
        var row = await connection.QuerySingleOrDefaultAsync($"select {Selected(kind)} from {kind.Table} where id = @id{And(kind)}", new { id });
        return row is null ? null : new StoredObject(kind, (IDictionary<string, object?>)row);
    }

    /// <summary>The whole object as its readers see it, views of other tables included, or null.</summary>
    public static async Task<JsonObject?> GetAsync(DbConnection connection, ObjectKind kind, string owner, string name) =>
        await FindAsync(connection, kind, owner, name) is { } stored ? (await ShowAsync(connection, [stored]))[0] : null;

    /// <summary>Several objects of one kind as their readers see them, with one query per view.</summary>
    /// <param name="connection">To read with.</param>
    /// <param name="stored">The rows, of one kind.</param>
    /// <param name="isWhole">With what only a read of one object shows: a group's users.</param>
    public static async Task<IReadOnlyList<JsonObject>> ShowAsync(DbConnection connection, IReadOnlyList<StoredObject> stored, bool isWhole = false)
    {
        var shown = stored.Select(s => s.Show()).ToList();
        if (stored.Count > 0)
        {
            await ObjectViews.FillAsync(connection, stored, shown, isWhole);
        }

        return shown;
    }

    public static string Selected(ObjectKind kind)
    {
        var columns = kind.Columns.Select(c => c == ObjectKind.User ? ObjectKind.UserLabel + " as user_name" : c.Name).Concat(kind.Secrets.Select(s => s.Column.Column)).Append("id").Append("body");
        columns = kind.IsShared ? columns.Append("organization") : columns;
        columns = kind.NamesUser ? columns.Append("user_id") : columns;
        columns = kind.OrganizationColumn is not null ? columns.Append("organization_id") : columns;
        return string.Join(", ", (kind.EncryptedProperties is { } bag ? columns.Append(bag.Column) : columns).Distinct());
    }

    private static string And(ObjectKind kind) => kind.IsShared ? " and " + kind.Scope : "";
}
