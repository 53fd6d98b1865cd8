using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Server.Configuration;
using Postern.Server.FirstStart;
using Postern.Server.Hosting;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Server.Commands;

/// <summary><c>postern reset-admin</c>: the way back in for the operator of the machine. The server may go on running.</summary>
internal static class ResetAdmin
{
    public static async Task<int> RunAsync(PosternOptions options, SystemOperator person, TimeProvider clock, TextWriter output)
    {
        var password = AdminPassword.Choose(person);
        IReadOnlyList<string> lifted = [];
        await using var database = new Database(options);
        await Installation.ChangeAsync(options, database, clock, async (ring, connection, transaction) =>
        {
            var secrets = new SecretStore(ring.Provider);
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (await Users.FindAsync(connection, Organizations.BuiltIn, Users.AdministratorName, transaction) is { } admin)
            {
                await AdministratorAccount.OpenAsync(admin, secrets.Protect(SecretColumn.UserPassword, admin.Id, PasswordHashes.Hash(password.Text)), now, connection, transaction);
                lifted = await AdministratorLimits.LiftAsync(admin, secrets, now, connection, transaction);
            }
            else
            {
                await new ObjectFiller(new ObjectStore(secrets, clock), connection, transaction).FillAsync(ObjectKinds.User, FirstObjects.Administrator(password.Text));
            }

            await Records.AddAsync(connection, new AuditRecord
            {
                Organization = Organizations.BuiltIn,
                CreatedTime = now,
                ClientIp = "",
                User = "",
                Method = "",
                RequestUri = "",
                Action = "reset-admin",
                Target = $"{Organizations.BuiltIn}/{Users.AdministratorName}",
                Detail = string.Join("; ", lifted),
            }, transaction);
            password.Keep();
        });
        if (lifted.Count > 0)
        {
            output.WriteLine($"Taken away, because it kept the administrator from signing in 已清除以下登录限制: {string.Join("; ", lifted)}");
        }

        Banner.WriteAdministrator(output, password);
        return 0;
    }
}
