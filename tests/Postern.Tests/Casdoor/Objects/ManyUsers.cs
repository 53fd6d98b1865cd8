namespace Postern.Tests.Casdoor.Objects;

/// <summary>Rows in bulk, where a test is about their number.</summary>
internal static class ManyUsers
{
    /// <summary>Takes <c>@count</c> and <c>@owner</c>; names and display names are spread over the alphabet.</summary>
    public static string Sql { get; } = Earlier.Replace("owner, name", "owner, organization_id, name", StringComparison.Ordinal)
        .Replace("@owner, substr", "@owner, (select o.id from organizations o where o.name = @owner), substr", StringComparison.Ordinal);

    /// <summary>The same for a database of a version before users had the id of their organization.</summary>
    public const string Earlier =
        """
        insert into users (id, owner, name, created_time, updated_time, deleted_time, type, password, password_type, password_salt, display_name, avatar,
          display_name_by_signin, avatar_by_signin, email, phone, country_code, is_admin, is_forbidden, is_deleted, signup_application, last_signin_time,
          last_signin_ip, last_signin_wrong_time, signin_wrong_times, secrets, body)
        with recursive n (i) as (select 1 union all select i + 1 from n where i < @count)
        select @owner || '-' || i, @owner, substr('abcdefghij', 1 + i % 10, 1) || i, 1700000000000 + i * 1000, 0, 0, '', '', '', '', 'User ' || (i * 7919 % 100003), '',
          false, false, case when i % 3 = 0 then 'm' || i || '@example.org' else '' end, case when i % 4 = 0 then '139' || i else '' end, '', false, false, false, '', i * 7919 % 100003,
          '', 0, 0, '', '{"tag":"t' || (i % 50) || '"}' from n
        """;
}
