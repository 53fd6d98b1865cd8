using System.Data.Common;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Storage.Keys;

/// <summary>The Data Protection keys: in the database, wrapped by the master key that is not.</summary>
public static class KeyRing
{
    private const string CheckText = "postern";

    /// <summary>Opens the ring under the start lock; makes master key, check value and the one key where the database has no check value.</summary>
    /// <exception cref="StartRefusedException">The master key is missing or is not the one this database was made with.</exception>
    public static async Task<(IDataProtectionProvider Provider, MasterKey Master, bool MadeMasterFile)> OpenAsync(
        StorageOptions options, DbConnection connection, DbTransaction transaction, TimeProvider clock)
    {
        var check = await InstallationSettings.FindAsync(connection, InstallationSettings.MasterCheck, transaction);
        var master = MasterKey.Find(options.MasterKeyFile, isNew: check is null);
        if (check is null)
        {
            var isNew = master is null;
            master ??= MasterKey.Create(options.MasterKeyFile);
            var made = new Repository([]);
            var provider = Provider(made, out var keys);
            // It never expires: what it protects must stay readable, and `keys rewrap` changes what protects it.
            keys.CreateNewKey(clock.GetUtcNow(), clock.GetUtcNow().AddYears(500));
            foreach (var (name, xml) in made.Stored)
            {
                await InstallationSettings.PutAsync(connection, InstallationSettings.KeyRingPrefix + name, master.Wrap(xml, name), transaction);
            }

            await InstallationSettings.PutAsync(connection, InstallationSettings.MasterCheck, master.Wrap(CheckText, InstallationSettings.MasterCheck), transaction);
            return (provider, master, isNew);
        }

        if (master is null)
        {
            throw new StartRefusedException($"The master key is missing: this database needs the one it was made with, in {MasterKey.Variable} or in the file {options.MasterKeyFile} (masterKeyFile).");
        }

        if (master.Unwrap(check, InstallationSettings.MasterCheck) != CheckText)
        {
            throw new StartRefusedException($"The master key in {master.Origin} is not the one this database was made with: put that one back.");
        }

        var elements = new List<XElement>();
        foreach (var (name, wrapped) in await InstallationSettings.StartingWithAsync(connection, InstallationSettings.KeyRingPrefix, transaction))
        {
            var xml = master.Unwrap(wrapped, name[InstallationSettings.KeyRingPrefix.Length..])
                ?? throw new StartRefusedException("A key of the key ring cannot be read with this master key: the database was changed from outside; restore a backup.");
            elements.Add(XElement.Parse(xml));
        }

        return (Provider(new Repository(elements), out _), master, false);
    }

    /// <summary>Wraps every key and the check value with another master key, in the caller's one transaction.</summary>
    public static async Task RewrapAsync(MasterKey from, MasterKey to, DbConnection connection, DbTransaction transaction)
    {
        foreach (var (name, wrapped) in await InstallationSettings.StartingWithAsync(connection, InstallationSettings.KeyRingPrefix, transaction))
        {
            var purpose = name[InstallationSettings.KeyRingPrefix.Length..];
            var xml = from.Unwrap(wrapped, purpose) ?? throw new StartRefusedException("The present master key does not open the key ring; nothing was changed.");
            await InstallationSettings.PutAsync(connection, name, to.Wrap(xml, purpose), transaction);
        }

        await InstallationSettings.PutAsync(connection, InstallationSettings.MasterCheck, to.Wrap(CheckText, InstallationSettings.MasterCheck), transaction);
    }

    private static IDataProtectionProvider Provider(Repository repository, out IKeyManager keys)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("Postern").DisableAutomaticKeyGeneration();
        services.Configure<KeyManagementOptions>(o =>
        {
            o.XmlRepository = repository;
            o.XmlEncryptor = new Unencrypted();
        });
        var built = services.BuildServiceProvider();
        keys = built.GetRequiredService<IKeyManager>();
        return built.GetRequiredService<IDataProtectionProvider>();
    }

    private sealed class Repository(List<XElement> elements) : IXmlRepository
    {
        public List<(string Name, string Xml)> Stored { get; } = [];

        public IReadOnlyCollection<XElement> GetAllElements() => elements;

        public void StoreElement(XElement element, string friendlyName)
        {
            elements.Add(element);
            Stored.Add((friendlyName, element.ToString(SaveOptions.DisableFormatting)));
        }
    }

    /// <summary>The whole document is wrapped by the master key before it is stored, so its parts need no second cover.</summary>
    private sealed class Unencrypted : Microsoft.AspNetCore.DataProtection.XmlEncryption.IXmlEncryptor
    {
        public Microsoft.AspNetCore.DataProtection.XmlEncryption.EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
            new(new XElement("plain", plaintextElement), typeof(Microsoft.AspNetCore.DataProtection.XmlEncryption.NullXmlDecryptor));
    }
}
