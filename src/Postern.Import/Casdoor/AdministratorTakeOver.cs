using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Credentials;
using Postern.Directory.Credentials.Formats;
using Postern.Directory.Identities;
using Postern.Directory.Objects;
using Postern.Import.Objects;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>
/// Casdoor's <c>built-in/admin</c> with its id and, where it is fit to be one, its password, in the place of ours. Where it is not,
/// the password stays that this server's operator knows.
/// </summary>
internal sealed class AdministratorTakeOver(TakeOverPlace place)
{
    private static readonly string Path = $"{Organizations.BuiltIn}/{Users.AdministratorName}";

    /// <returns>The id that was, or would be, taken, and the id that the administrator had here; null and empty where nothing is taken.</returns>
    public async Task<(string? Id, string Former)> RunAsync()
    {
        if (await place.Source.FindAsync(ObjectKinds.User, Organizations.BuiltIn, Users.AdministratorName) is not { } found)
        {
            return (null, "");
        }

        var organization = await place.Source.FindAsync(ObjectKinds.Organization, "admin", Organizations.BuiltIn);
        var entry = ImportJudge.WithPasswordType(found, organization is null ? "" : ObjectTarget.Text(organization.Document, "passwordType"));
        var id = ObjectTarget.Text(entry.Document, "id");
        var ours = await Users.FindAsync(place.Connection, Organizations.BuiltIn, Users.AdministratorName, place.Transaction);
        // Who has another's id stays as the import finds it, and is named there.
        if (ours?.Id == id || UserIds.Refuse(id) is not null || await IsTakenAsync(id, ours?.Id ?? ""))
        {
            return (null, "");
        }

        if (!place.MayTake)
        {
            place.Report.Add(Finding.KeysStay, $"{Path}: its id and password");
            return (null, "");
        }

        var reason = ReasonAgainst(entry.Document, organization);
        var prepared = place.Store.PrepareAdd(ObjectKinds.User, Document(place.DropSecondFactors ? SecondFactors.Without(entry.Document) : entry.Document, reason is null), keepsName: true);
        if (prepared.Value is not { } admin)
        {
            place.Report.Add(Finding.Refused, $"{entry.Title}: {prepared.Refusal.English}");
            return (null, "");
        }

        place.Report.Add(Finding.TakenOver, $"{Path}: id {id}" + (reason is null ? " and password" : ""));
        if (reason is not null)
        {
            place.Report.Add(Finding.AdministratorsPassword, $"{Path}: {reason}");
        }

        if (place.Apply)
        {
            await WriteAsync(ours, reason is null ? place.Store.HashNow(admin) : WithOurPassword(admin, ours));
        }

        return (id, ours?.Id ?? "");
    }

    /// <summary>Why Casdoor's password must not open the whole installation; null where it may.</summary>
    private static string? ReasonAgainst(JsonObject user, SourceEntry? organization)
    {
        var (password, type) = (ObjectTarget.Text(user, "password"), ObjectTarget.Text(user, "passwordType"));
        var salts = new[] { organization is null ? "" : ObjectTarget.Text(organization.Document, "passwordSalt"), ObjectTarget.Text(user, "passwordSalt") };
        return password.Length == 0 || password == ObjectStore.Masked ? "it has none in Casdoor's data"
            : IsTrue(user, "isForbidden") || IsTrue(user, "isDeleted") || !IsTrue(user, "isAdmin") ? "at Casdoor it is forbidden, deleted or no administrator"
            : ImportedPasswords.FaultOf(user) switch
            {
                PasswordFault.HashAsPassword => "at Casdoor its hash itself is its password",
                PasswordFault.TooCostly => "its hash costs too much to verify",
                not PasswordFault.None => "no sign-in can verify it",
                // Judged after the cost: it is computed.
                _ => PublishedPasswords.IsPublished(type, password, salts) ? "it is 123, which Casdoor's documentation publishes" : null,
            };
    }

    private static JsonObject Document(JsonObject user, bool withPassword)
    {
        var document = (JsonObject)user.DeepClone();
        (document["isAdmin"], document["isForbidden"], document["isDeleted"], document["deletedTime"]) = (true, false, false, "");
        if (!withPassword)
        {
            (document["password"], document["passwordType"], document["passwordSalt"]) = ("", "", "");
        }

        return document;
    }

    /// <summary>A ciphertext is bound to the id of its row.</summary>
    private PreparedObject WithOurPassword(PreparedObject admin, User? ours) => ours is null ? admin : admin with
    {
        Values = new Dictionary<string, object?>(admin.Values)
        {
            ["password"] = Moved(SecretColumn.UserPassword, ours.Password, ours.Id, admin.Id),
            ["password_type"] = ours.PasswordType,
            ["password_salt"] = Moved(SecretColumn.UserPasswordSalt, ours.PasswordSalt, ours.Id, admin.Id),
        },
    };

    private string Moved(SecretColumn column, string ciphertext, string from, string to) =>
        place.Secrets.Protect(column, to, place.Secrets.Read(column, from, ciphertext));

    private async Task WriteAsync(User? ours, PreparedObject admin)
    {
        if (ours is not null)
        {
            await EndedSignIns.EndEverywhereAsync(place.Connection, ours.Id, place.Now, place.Transaction!);
            // As text, which becomes the new row of that name when it is added.
            await place.Connection.ExecuteAsync(
                "update memberships set member = @Path, member_id = '' where list = 'users' and member_id = @Id", new { Path, ours.Id }, place.Transaction);
            await UserErasure.RunAsync(place.Connection, place.Transaction!, ours.Id, place.Now);
        }

        await place.AddAsync(admin);
    }

    private async Task<bool> IsTakenAsync(string id, string ours) => await place.Connection.ExecuteScalarAsync<long>(
        """
        select (select count(*) from users where id_form = @form and id <> @ours)
          + (select count(*) from retired_ids where kind = @User and id = @form)
        """, new { form = RetiredIds.Form(id), ours, RetiredIds.User }, place.Transaction) > 0;

    private static bool IsTrue(JsonObject user, string property) => user[property]?.GetValueKind() == JsonValueKind.True;
}
