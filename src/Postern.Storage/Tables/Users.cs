using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>A user as the database has it. <see cref="Body"/> is the rest of Casdoor's properties as JSON text.</summary>
public sealed class User
{
    /// <summary>The token's <c>sub</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The organization.</summary>
    public required string Owner { get; init; }

    /// <summary>The id of <see cref="Owner"/>, which decides the organization that the user belongs to; empty for an application's stand-in.</summary>
    public string OrganizationId { get; init; } = "";
    public required string Name { get; init; }
    public required long CreatedTime { get; init; }
    public required long UpdatedTime { get; init; }
    public long DeletedTime { get; init; }
    public required string Type { get; init; }

    /// <summary>Ciphertext of the hash.</summary>
    public string Password { get; init; } = "";
    public string PasswordType { get; init; } = "";

    /// <summary>Ciphertext.</summary>
    public string PasswordSalt { get; init; } = "";
    public required string DisplayName { get; set; }
    public required string Avatar { get; set; }
    public bool DisplayNameBySignin { get; set; }
    public bool AvatarBySignin { get; set; }
    public string Email { get; init; } = "";
    public string Phone { get; init; } = "";
    public string CountryCode { get; init; } = "";
    public bool IsAdmin { get; init; }
    public bool IsForbidden { get; init; }
    public bool IsDeleted { get; init; }
    public required string SignupApplication { get; init; }
    public long LastSigninTime { get; set; }
    public string LastSigninIp { get; set; } = "";
    public long LastSigninWrongTime { get; init; }
    public long SigninWrongTimes { get; init; }

    /// <summary>Ciphertext of a JSON object: the secret properties that no rule reads yet.</summary>
    public string Secrets { get; init; } = "";
    public bool IsDemo { get; init; }
    public string Body { get; init; } = "{}";

    /// <summary>The groups, roles and permissions of the user; null where they were not read.</summary>
    public EffectiveRoles? Holdings { get; set; }

    /// <summary>When a sign-in last came by the identity that the user was found by; null = not known, or found otherwise.</summary>
    public long? IdentityUsedTime { get; init; }

    /// <summary>A global administrator is a user of the organization built-in with isAdmin; there is no other kind.</summary>
    public bool IsGlobalAdmin => IsAdmin && Owner == Organizations.BuiltIn;
}

public static class Users
{
    /// <summary>The user of <c>built-in</c> that the first start creates.</summary>
    public const string AdministratorName = "admin";

    /// <summary>Keeps the row from being changed until the transaction ends.</summary>
    /// <returns>The user's id; null where there is no user of the name.</returns>
    public static Task<string?> LockAsync(DbConnection connection, string owner, string name, DbTransaction transaction) => connection.QuerySingleOrDefaultAsync<string?>(
        "update users set updated_time = updated_time where owner = @owner and name = @name returning id", new { owner, name }, transaction);

    private const string Columns =
        """
        u.id, u.owner, u.organization_id, u.name, u.created_time, u.updated_time, u.deleted_time, u.type, u.password, u.password_type, u.password_salt,
        u.display_name, u.avatar, u.display_name_by_signin, u.avatar_by_signin, u.email, u.phone, u.country_code, u.is_admin,
        u.is_forbidden, u.is_deleted, u.signup_application, u.last_signin_time, u.last_signin_ip, u.last_signin_wrong_time,
        u.signin_wrong_times, u.secrets, u.is_demo, u.body
        """;

    public static Task<User?> FindAsync(DbConnection connection, string owner, string name, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<User?>($"select {Columns} from users u where u.owner = @owner and u.name = @name", new { owner, name }, transaction);

    /// <param name="connection">Of the read.</param>
    /// <param name="condition">On <c>users u</c>.</param>
    /// <param name="parameters">Of the condition.</param>
    public static Task<IEnumerable<User>> ListAsync(DbConnection connection, string condition, object parameters) =>
        connection.QueryAsync<User>($"select {Columns} from users u where {condition}", parameters);

    public static Task<User?> FindByIdAsync(DbConnection connection, string id, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<User?>($"select {Columns} from users u where u.id = @id", new { id }, transaction);

    public static Task<User?> FindByIdentityAsync(DbConnection connection, ExternalIdentity identity) =>
        connection.QuerySingleOrDefaultAsync<User?>(
            $"""
            select {Columns}, e.last_used_time as identity_used_time from external_identities e join users u on u.id = e.user_id
            where e.organization_id = @OrganizationId and e.kind = @Kind and e.issuer = @Issuer and e.subject = @Subject
            """, identity);

    /// <summary>
    /// Adds a user by a sign-in, with an id of ours. False where the name is taken, or where it was chosen and is in use
    /// otherwise (<see cref="UserNamesInUse"/>), or where the organization was renamed or deleted: nothing was written.
    /// </summary>
    public static async Task<bool> AddAsync(DbConnection connection, User user, bool hasChosenName, DbTransaction transaction)
    {
        var parameters = new DynamicParameters(user);
        parameters.AddDynamicParams(UserNamesInUse.Parameters(user.Owner, user.Name));
        var free = hasChosenName ? $" and not {UserNamesInUse.Condition}" : "";
        return await connection.ExecuteAsync($"{Adding}{free}{Organizations.HoldingOf(connection)} on conflict do nothing", parameters, transaction) == 1;
    }

    private const string Adding =
            """
            insert into users (id, id_form, owner, organization_id, name, created_time, updated_time, deleted_time, type, password, password_type, password_salt,
              display_name, avatar, display_name_by_signin, avatar_by_signin, email, phone, country_code, is_admin, is_forbidden,
              is_deleted, signup_application, last_signin_time, last_signin_ip, last_signin_wrong_time, signin_wrong_times, secrets, is_demo, body)
            select @Id, @Id, @Owner, pool.id, @Name, @CreatedTime, @UpdatedTime, @DeletedTime, @Type, @Password, @PasswordType, @PasswordSalt,
              @DisplayName, @Avatar, @DisplayNameBySignin, @AvatarBySignin, @Email, @Phone, @CountryCode, @IsAdmin, @IsForbidden,
              @IsDeleted, @SignupApplication, @LastSigninTime, @LastSigninIp, @LastSigninWrongTime, @SigninWrongTimes, @Secrets, @IsDemo, @Body
            from organizations pool where pool.id = @OrganizationId and pool.name = @Owner
            """;

    /// <summary>Whether the user is unchanged since it was read and may sign in. It locks the row, so that a ban waits or is seen.</summary>
    public static async Task<bool> IsAsReadAsync(DbConnection connection, User user, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            "update users set updated_time = updated_time where id = @Id and owner = @Owner and name = @Name and not is_forbidden and not is_deleted",
            new { user.Id, user.Owner, user.Name }, transaction) == 1;

    private const string MaySignIn = "id = @Id and owner = @Owner and name = @Name and not is_forbidden and not is_deleted";

    private const string NoteSigninWithProfile =
        $"""
        update users set last_signin_time = @LastSigninTime, last_signin_ip = @LastSigninIp,
          display_name = case when display_name = '' or display_name_by_signin then @DisplayName else display_name end,
          display_name_by_signin = display_name_by_signin or (display_name = '' and @DisplayName <> ''),
          avatar = case when avatar = '' or avatar_by_signin then @Avatar else avatar end,
          avatar_by_signin = avatar_by_signin or (avatar = '' and @Avatar <> '')
        where {MaySignIn}
        """;

    /// <summary>
    /// Notes a sign-in, and is its condition: false where the user is no longer the one that was read (renamed, forbidden,
    /// deleted) since the tokens were signed.
    /// </summary>
    /// <param name="connection">Of the write.</param>
    /// <param name="user">The user with the new values.</param>
    /// <param name="hasNewProfile">Whether display name or avatar changed: SQLite writes the indexes of every column that a statement names.</param>
    /// <param name="transaction">Of the write.</param>
    public static async Task<bool> NoteSigninAsync(DbConnection connection, User user, bool hasNewProfile, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            hasNewProfile ? NoteSigninWithProfile : "update users set last_signin_time = @LastSigninTime, last_signin_ip = @LastSigninIp where " + MaySignIn,
            user, transaction) == 1;
}
