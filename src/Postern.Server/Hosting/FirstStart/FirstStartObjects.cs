using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;

namespace Postern.Server.Hosting.FirstStart;

/// <summary>Fills what the installation cannot do without, after initDataFile and around it.</summary>
internal static class FirstStartObjects
{
    /// <summary>The administrator's password, or null where there was an administrator.</summary>
    public static async Task<AdminPassword?> FillAsync(ObjectFiller filler, SystemOperator person)
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
        if (await filler.HasAsync(ObjectKinds.User, Organizations.BuiltIn, FirstObjects.AdminName))
        {
            return null;
        }

        var password = AdminPassword.Choose(person);
        await filler.FillAsync(ObjectKinds.User, FirstObjects.Administrator(password.Text));
        return password;
    }
}
