using System.Data.Common;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Server.FirstStart;

/// <summary>Fills what the installation cannot do without, after initDataFile and around it.</summary>
internal sealed class FirstStartObjects(ObjectFiller filler, SecretStore secrets, StartReport report, TimeProvider clock)
{
    /// <summary>The administrator's password, or null where somebody can sign in as an administrator.</summary>
    public async Task<AdminPassword?> FillAsync(SystemOperator person, DbConnection connection, DbTransaction transaction)
    {
        await filler.FillAsync(ObjectKinds.Organization, FirstObjects.Organization());
        foreach (var provider in FirstObjects.Providers())
        {
            await filler.FillAsync(ObjectKinds.Provider, provider);
        }

        if (!await filler.HasAsync(ObjectKinds.Cert, "admin", Certs.BuiltIn))
        {
            await filler.FillAsync(ObjectKinds.Cert, FirstObjects.Cert());
        }

        await filler.FillAsync(ObjectKinds.Application, FirstObjects.Application());
        if (await Users.FindAsync(connection, Organizations.BuiltIn, Users.AdministratorName, transaction) is not { } admin)
        {
            var first = AdminPassword.Choose(person);
            await filler.FillAsync(ObjectKinds.User, FirstObjects.Administrator(first.Text));
            return first;
        }

        if (await AdministratorAccount.IsOpenAsync(connection, secrets, transaction))
        {
            return null;
        }

        // A file that was exported masks or leaves out passwords: with them alone nobody could ever sign in here.
        var password = AdminPassword.Choose(person);
        var hash = secrets.Protect(SecretColumn.UserPassword, admin.Id, PasswordHashes.Hash(password.Text));
        await AdministratorAccount.OpenAsync(admin, hash, clock.GetUtcNow().ToUnixTimeMilliseconds(), connection, transaction);
        report.Warnings.Add(
            $"With initDataFile alone nobody could sign in as an administrator, so {Organizations.BuiltIn}/{Users.AdministratorName} has been given a new password and isAdmin. "
            + "导入的数据中没有可登录的管理员，已为其设置新密码。");
        return password;
    }
}
