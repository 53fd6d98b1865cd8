using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Directory.Objects.TokenFields;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>The client id and secret of Casdoor's <c>app-built-in</c>, which programs of its administrators sign in with.</summary>
internal sealed class ApplicationTakeOver(TakeOverPlace place)
{
    private static readonly string[] Identity = ["clientId", "clientSecret"];

    // What its clients rely on. In an installation that is used, these are its own administrators'.
    private static readonly string[] Configuration =
    [
        "redirectUris", "grantTypes", "cert", "tokenFormat", "idTokenClaims", "tokenSigningMethod", "tokenFields", "tokenAttributes",
        "expireInHours", "refreshExpireInHours", "backchannelLogoutUri",
    ];

    /// <returns>Whether they were, or would be, taken.</returns>
    public async Task<bool> RunAsync()
    {
        if (await place.Source.FindAsync(ObjectKinds.Application, "admin", Applications.BuiltIn) is not { } entry
            || ObjectTarget.Text(entry.Document, "clientId") is not { Length: > 0 } clientId
            || await ObjectStore.FindAsync(place.Connection, ObjectKinds.Application, "admin", Applications.BuiltIn, place.Transaction) is not { } ours
            || ours.Text("client_id") == clientId)
        {
            return false;
        }

        if (!place.MayTake)
        {
            place.Report.Add(Finding.KeysStay, $"{Applications.BuiltIn}: its client id and client secret");
            return false;
        }

        var update = Prepare(ours, entry.Document);
        if (update.Value is null || await IsTakenAsync(clientId, ours.Id))
        {
            var (finding, title) = update.Value is null ? (Finding.Refused, $"{entry.Title}: {update.Refusal.English}") : (Finding.NameTaken, entry.Title);
            place.Report.Add(finding, title);
            return false;
        }

        if (place.Apply && !await ObjectStore.UpdateAsync(place.Connection, place.Transaction!, update.Value))
        {
            throw new StartRefusedException($"The application {Applications.BuiltIn} was changed while the import ran; nothing was written. Run it again.");
        }

        var more = place.IsUsed ? "" : ", redirect URIs and how its tokens are made";
        place.Report.Add(Finding.TakenOver, $"{Applications.BuiltIn}: client id and client secret{more}");
        return true;
    }

    private Prepared<PreparedUpdate> Prepare(StoredObject ours, JsonObject casdoors)
    {
        var document = TokenAttribute.Refuse(casdoors["tokenAttributes"], casdoors["tokenFields"]) is null ? casdoors : TokenAttribute.WithoutRefused(casdoors);
        var whole = place.IsUsed ? default : Prepare(ours, IdTokenClaims.KeptFromCasdoor(document), [.. Identity, .. Configuration]);
        return whole.Value is not null ? whole : Prepare(ours, document, Identity);
    }

    /// <summary>What is not set at Casdoor says nothing.</summary>
    private Prepared<PreparedUpdate> Prepare(StoredObject ours, JsonObject document, string[] properties) => place.Store.PrepareUpdate(
        ours, new JsonObject(properties.Where(p => document[p] is not null and not JsonArray { Count: 0 })
            .Select(p => KeyValuePair.Create(p, document[p]?.DeepClone()))));

    private async Task<bool> IsTakenAsync(string clientId, string id) => await place.Connection.ExecuteScalarAsync<long>(
        """
        select (select count(*) from applications where client_id = @clientId and id <> @id)
          + (select count(*) from retired_ids where kind = @Client and id = @clientId and holder <> @id)
        """, new { clientId, id, RetiredIds.Client }, place.Transaction) > 0;
}
