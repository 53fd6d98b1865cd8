using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Certificates;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>Casdoor's <c>cert-built-in</c> in the place of ours: clients have its certificate in their configuration.</summary>
internal sealed class KeyTakeOver(TakeOverPlace place)
{
    /// <summary>How long a weak key signs on, while its successor is published.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromDays(30);

    /// <param name="signedOut">The id of a user whose tokens end with the same transaction; empty where there is none.</param>
    /// <returns>Whether it was, or would be, taken.</returns>
    public async Task<bool> RunAsync(string signedOut)
    {
        if (await place.Source.FindAsync(ObjectKinds.Cert, "admin", Certs.BuiltIn) is not { } entry)
        {
            return false;
        }

        var ours = await Certs.FindAsync(place.Connection, Certs.BuiltIn, place.Transaction);
        if (ours is not null && ours.Certificate.Trim() == ObjectTarget.Text(entry.Document, "certificate").Trim())
        {
            return false;
        }

        var (prepared, bits) = Prepare(entry);
        if (prepared is null)
        {
            return false;
        }

        if (!place.MayTake)
        {
            place.Report.Add(Finding.KeysStay, $"{Certs.BuiltIn}: its key and certificate");
            return false;
        }

        if (await LiveTokensAsync(signedOut) is { Count: > 0 } live)
        {
            var until = DateTimeOffset.FromUnixTimeMilliseconds(live.Until).ToString("u", CultureInfo.InvariantCulture);
            place.Report.Add(Finding.LiveTokens, string.Create(CultureInfo.InvariantCulture, $"{live.Count:N0} tokens, the last until {until}"));
            return false;
        }

        place.Report.Add(Finding.TakenOver, $"{Certs.BuiltIn}: key, certificate and kid");
        if (place.Apply)
        {
            await RemoveOwnAsync();
            await place.AddAsync(prepared);
        }

        if (bits < SourceKeys.Strong)
        {
            await AnnounceAsync(bits.Value);
        }

        return true;
    }

    private (PreparedObject? Prepared, int? Bits) Prepare(SourceEntry entry)
    {
        var document = (JsonObject)entry.Document.DeepClone();
        var bits = SourceKeys.RsaBits(document);
        if (bits is not null)
        {
            // With an RSA key the application says which algorithm; here the name says that it is RSA.
            document["cryptoAlgorithm"] = SigningAlgorithms.Rs256.Name;
        }

        var prepared = place.Store.PrepareAdd(ObjectKinds.Cert, document, keepsName: true);
        var refusal = ObjectTarget.Text(document, "certificate").Length == 0 ? "it has no certificate"
            : bits < SourceKeys.Shortest ? SourceKeys.TooShort(bits.Value)
            : prepared.Value is null ? prepared.Refusal.English
            : null;
        if (refusal is not null)
        {
            place.Report.Add(Finding.KeyRefused, $"{Certs.BuiltIn}: {refusal}");
            return (null, bits);
        }

        return (prepared.Value, bits);
    }

    private async Task<(long Count, long Until)> LiveTokensAsync(string signedOut) => await place.Connection.QuerySingleAsync<(long, long)>(
        """
        select count(*), coalesce(max(t.expires_time), 0) from tokens t left join grants g on g.id = t.grant_id
        where t.expires_time > @Now and t.revoked_time is null and g.ended_time is null and (@signedOut = '' or t.user_id <> @signedOut)
        """, new { place.Now, signedOut }, place.Transaction);

    /// <summary>
    /// Those of RSA: the first, and what <c>keys rotate</c> made beside it, which would sign instead of Casdoor's. The names of
    /// these stay taken.
    /// </summary>
    private async Task RemoveOwnAsync()
    {
        foreach (var cert in await InstallationCerts.OfNameAsync(place.Connection, Certs.BuiltIn))
        {
            await place.Connection.ExecuteAsync("delete from certs where id = @Id", new { cert.Id }, place.Transaction);
            if (cert.Name != Certs.BuiltIn)
            {
                await RetiredCerts.AddAsync(place.Connection, cert.Name, place.Now, place.Transaction!);
            }
        }
    }

    /// <summary>A key signs an hour after its time of making (<see cref="InstallationCerts.PublishedBefore"/>): this one's is in the future.</summary>
    private async Task AnnounceAsync(int bits)
    {
        var signs = place.Clock.GetUtcNow() + Notice;
        var number = 2;
        while (await RetiredCerts.HasAsync(place.Connection, $"{Certs.BuiltIn}-{number}", place.Transaction))
        {
            number++;
        }

        var day = signs.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var name = $"{Certs.BuiltIn}-{number}";
        place.Report.Add(Finding.WeakKey, string.Create(CultureInfo.InvariantCulture, $"admin/{Certs.BuiltIn} ({bits} bits): {name} signs from {day}"));
        if (!place.Apply)
        {
            return;
        }

        var made = (signs - InstallationCerts.PublishedBefore).ToUnixTimeMilliseconds();
        var cert = NewCert.Create(name, "admin", SigningAlgorithms.Rs256, place.Clock) with { CreatedTime = made };
        await NewCert.AddAsync(place.Connection, cert, place.Secrets.Protect(SecretColumn.CertPrivateKey, cert.Id, cert.PrivateKey), place.Transaction!);
    }
}
