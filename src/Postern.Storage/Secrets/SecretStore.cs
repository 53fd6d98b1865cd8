using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Postern.Storage.Bounded;

namespace Postern.Storage.Secrets;

/// <summary>A column that holds secrets: the place a ciphertext is tied to, together with its row's id.</summary>
public sealed record SecretColumn(string Table, string Column)
{
    public static readonly SecretColumn ApplicationSecret = new("applications", "client_secret");
    public static readonly SecretColumn ProviderSecret = new("providers", "client_secret");
    public static readonly SecretColumn ProviderSecret2 = new("providers", "client_secret2");
    public static readonly SecretColumn ProviderSecrets = new("providers", "secrets");
    public static readonly SecretColumn OrganizationSecrets = new("organizations", "secrets");
    public static readonly SecretColumn CertPrivateKey = new("certs", "private_key");
    public static readonly SecretColumn CertAccessSecret = new("certs", "access_secret");
    public static readonly SecretColumn UserPassword = new("users", "password");
    public static readonly SecretColumn UserPasswordSalt = new("users", "password_salt");
    public static readonly SecretColumn UserSecrets = new("users", "secrets");
    public static readonly SecretColumn ObjectSecrets = new("objects", "secrets");
    public static readonly SecretColumn Setting = new("settings", "value");
}

/// <summary>
/// Protects and reads secret columns. The purpose names table, column and the row's id (never owner or name, which can
/// change), so a ciphertext moved to another row opens nothing. An empty secret stays empty.
/// </summary>
public sealed class SecretStore(IDataProtectionProvider provider)
{
    // Made before the settings' budget, by commands too.
    private const long Remembered = 2 * 1024 * 1024;

    // Hot rows (the client's secret, the AppSecret, the signing key) are read at each request; the key is the ciphertext,
    // so a changed row can't be answered from here.
    private readonly BoundedCache<string> plaintexts = new(Remembered, text => 2L * text.Length);

    public string Protect(SecretColumn column, string rowId, string plaintext) =>
        plaintext.Length == 0 ? "" : Protector(column, rowId).Protect(plaintext);

    public string Read(SecretColumn column, string rowId, string ciphertext)
    {
        if (ciphertext.Length == 0)
        {
            return "";
        }

        var key = CacheKey.Of(column.Table, column.Column, rowId, ciphertext);
        if (plaintexts.TryGet(key, out var known))
        {
            return known;
        }

        var plaintext = Protector(column, rowId).Unprotect(ciphertext);
        plaintexts.Set(key, plaintext);
        return plaintext;
    }

    /// <summary>Whether what a caller sent is the secret of this row, in a time that does not depend on where they differ.</summary>
    public bool Matches(SecretColumn column, string rowId, string ciphertext, string sent)
    {
        var secret = Read(column, rowId, ciphertext);
        return secret.Length > 0 && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(secret)), SHA256.HashData(Encoding.UTF8.GetBytes(sent)));
    }

    private IDataProtector Protector(SecretColumn column, string rowId) =>
        provider.CreateProtector(column.Table, column.Column, rowId);
}
