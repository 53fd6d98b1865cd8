using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Credentials;
using Postern.Directory.Credentials.Formats;
using Postern.Directory.Identities;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Objects.TokenFields;
using Postern.Import.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>What is to become of an object.</summary>
/// <param name="Entry">As Casdoor kept it.</param>
/// <param name="Prepared">Ready to be written; null where it is not to be.</param>
internal sealed record Judged(SourceEntry Entry, PreparedObject? Prepared = null)
{
    /// <summary>Why it is not taken.</summary>
    public Finding? Finding { get; init; }

    /// <summary>The sentence for this one, where the finding does not say all.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The id of the row that was there, where one was.</summary>
    public string? ThereAs { get; init; }

    /// <summary>Whether a user got another id than Casdoor's.</summary>
    public bool HasNewId { get; init; }

    public string Title => Detail.Length > 0 ? $"{Entry.Title}: {Detail}" : Entry.Title;
}

/// <summary>
/// Judges objects by the database as it is and by what the run has taken before them, so that a dry run comes to the same
/// verdicts as the run itself.
/// </summary>
internal sealed class ImportJudge(ObjectStore store, Database database, Scratch scratch, bool willWrite, bool dropSecondFactors, Progress progress)
{
    private readonly Dictionary<string, bool> organizations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> passwordTypes = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<Judged>> JudgeAsync(ObjectKind kind, IReadOnlyList<SourceEntry> source)
    {
        var page = kind == ObjectKinds.User ? [.. source.Select(WithPasswordType)] : source;
        foreach (var organization in page.Where(_ => kind == ObjectKinds.Organization))
        {
            passwordTypes.TryAdd(organization.Name, ObjectTarget.Text(organization.Document, "passwordType"));
        }

        var there = await ThereAsync(kind, page);
        var judged = new Judged?[page.Count];
        var open = new List<(int Place, JsonObject Document, bool HasNewId)>();
        var taken = await TakenIdsAsync(kind, page);
        for (var i = 0; i < page.Count; i++)
        {
            var entry = page[i];
            if (entry.Name.Length > 0 && !scratch.Add("name " + kind.Name, $"{entry.Owner}/{entry.Name}"))
            {
                judged[i] = new Judged(entry) { Finding = Finding.Doubled };
            }
            else if (there.TryGetValue((entry.Owner, entry.Name), out var id))
            {
                judged[i] = new Judged(entry) { ThereAs = id };
            }
            else if (await PublishedAsync(entry))
            {
                judged[i] = new Judged(entry) { Finding = Finding.Published };
            }
            else
            {
                var (document, hasNewId) = kind == ObjectKinds.User ? WithId(entry, taken) : (entry.Document, false);
                open.Add((i, Adjusted(kind, kind == ObjectKinds.User ? ImportedPasswords.Usable(dropSecondFactors ? SecondFactors.Without(document) : document) : document), hasNewId));
            }
        }

        Parallel.ForEach(open, o =>
        {
            var prepared = store.PrepareAdd(kind, o.Document, keepsName: true);
            var refusal = prepared.Value is null ? prepared.Refusal.English
                : kind == ObjectKinds.Cert && SourceKeys.RsaBits(o.Document) is < SourceKeys.Shortest and var bits ? SourceKeys.TooShort(bits)
                : null;
            judged[o.Place] = refusal is null
                ? new Judged(page[o.Place], prepared.Value) { HasNewId = o.HasNewId }
                : new Judged(page[o.Place]) { Finding = Finding.Refused, Detail = refusal };
        });

        var last = await LastAsync(kind, [.. judged.Select(j => j!)]);
        HashPasswords(last);
        return last;
    }

    /// <summary>A password in clear text takes as long to hash as a sign-in does. Those of one organization stand together, so each core takes one at a time.</summary>
    private void HashPasswords(Judged[] judged)
    {
        var clear = Enumerable.Range(0, judged.Length).Where(i => judged[i].Prepared is { ClearPassword: not null }).ToList();
        progress.BeginPart("passwords hashed", clear.Count);
        Parallel.ForEach(Partitioner.Create(clear, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            judged[i] = judged[i] with { Prepared = store.HashNow(judged[i].Prepared!) };
            progress.AdvancePart();
        });
    }

    /// <summary>The id that such a user gets, whenever it is asked: a run that was cut, and a second one, recognise the user by it.</summary>
    public static string NewIdOf(SourceEntry user)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"postern import\n{user.Owner}/{user.Name}\n{ObjectTarget.Text(user.Document, "id")}"));
        // Version 8 (RFC 9562): of our own making.
        (hash[6], hash[8]) = ((byte)((hash[6] & 0x0f) | 0x80), (byte)((hash[8] & 0x3f) | 0x80));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString();
    }

    private SourceEntry WithPasswordType(SourceEntry user) => WithPasswordType(user, passwordTypes.GetValueOrDefault(user.Owner, ""));

    /// <summary>
    /// A stored password without a type has its organization's at Casdoor. Taken for clear text, it would open nothing to its
    /// user, and everything to a person with a copy of the hash.
    /// </summary>
    public static SourceEntry WithPasswordType(SourceEntry user, string type)
    {
        if (ObjectTarget.Text(user.Document, "passwordType").Length > 0 || ObjectTarget.Text(user.Document, "password") is not { Length: > 0 } password
            || type.Length == 0 || PasswordFormats.Read(PasswordFormats.IsOwn(type) ? PasswordHashes.Type : type, password) is null)
        {
            return user;
        }

        var document = (JsonObject)user.Document.DeepClone();
        document["passwordType"] = type;
        return user with { Document = document };
    }

    private (JsonObject Document, bool HasNewId) WithId(SourceEntry user, HashSet<string> taken)
    {
        var id = ObjectTarget.Text(user.Document, "id");
        var isFree = UserIds.Refuse(id) is null && !taken.Contains(RetiredIds.Form(id)) && scratch.Add("id", RetiredIds.Form(id));
        if (isFree)
        {
            return (user.Document, false);
        }

        var document = (JsonObject)user.Document.DeepClone();
        document["id"] = NewIdOf(user);
        return (document, id.Length > 0);
    }

    /// <summary>What another server says of an application does not give it this installation.</summary>
    public static bool AsksForInstallation(JsonObject application) => application.Any(p => IsAccess(p.Key) && p.Value?.ToString() == ApiAccess.Installation);

    private static bool IsAccess(string property) => property.Equals("apiAccess", StringComparison.OrdinalIgnoreCase);

    private JsonObject Adjusted(ObjectKind kind, JsonObject document)
    {
        if (kind == AdapterKind.Kind && document["useSameDb"]?.GetValueKind() == System.Text.Json.JsonValueKind.True && ObjectTarget.Text(document, "host").Length > 0)
        {
            // Casdoor does not look at the host then; here it would say that the rules are elsewhere.
            document = (JsonObject)document.DeepClone();
            document["host"] = "";
        }

        if (kind == ObjectKinds.Application && AsksForInstallation(document))
        {
            document = (JsonObject)document.DeepClone();
            foreach (var spelling in document.Select(p => p.Key).Where(IsAccess).ToList())
            {
                document.Remove(spelling);
            }
        }

        if (kind == ObjectKinds.Application && TokenAttribute.Refuse(document["tokenAttributes"], document["tokenFields"]) is not null)
        {
            document = TokenAttribute.WithoutRefused(document);
        }

        if (kind == ObjectKinds.Application)
        {
            document = IdTokenClaims.KeptFromCasdoor(document);
        }

        if (kind == ObjectKinds.Application && ApplicationKind.RefuseRedirects(document["redirectUris"]) is not null)
        {
            document = (JsonObject)document.DeepClone();
            document["redirectUris"] = new JsonArray(
                [.. document["redirectUris"]!.AsArray().Where(a => ApplicationKind.RefuseRedirects(new JsonArray(a?.DeepClone())) is null).Select(a => a?.DeepClone())]);
        }

        if (!willWrite && kind == ObjectKinds.User && ObjectTarget.Text(document, "password").Length > 0)
        {
            // Nobody will see the hash.
            document = (JsonObject)document.DeepClone();
            document["password"] = "";
        }

        return document;
    }

    /// <summary>What only the others of its page, the run and the database can decide: in the order of the source.</summary>
    private async Task<Judged[]> LastAsync(ObjectKind kind, Judged[] judged)
    {
        var taken = await TakenValuesAsync(kind, judged);
        for (var i = 0; i < judged.Length; i++)
        {
            if (judged[i].Prepared is not { } prepared)
            {
                continue;
            }

            var finding = !await HasOrganizationAsync(kind, prepared) ? Finding.Homeless
                : kind == ObjectKinds.Cert && await database.ReadAsync(c => RetiredCerts.HasAsync(c, prepared.Name)) ? Finding.Retired
                : Values(kind, prepared).Any(v => taken.Contains(v) || scratch.Has($"{kind.Name} {v.Column}", v.Value)) ? Finding.NameTaken
                : null;
            if (finding is not null)
            {
                judged[i] = judged[i] with { Prepared = null, Finding = finding };
                continue;
            }

            foreach (var (column, value) in Values(kind, prepared))
            {
                scratch.Add($"{kind.Name} {column}", value);
            }

            if (kind == ObjectKinds.Organization)
            {
                organizations[prepared.Name] = true;
            }
        }

        return judged;
    }

    private async Task<bool> HasOrganizationAsync(ObjectKind kind, PreparedObject prepared)
    {
        if (OrganizationRules.OrganizationOf(kind, prepared.Values) is not { } name)
        {
            return true;
        }

        if (!organizations.TryGetValue(name, out var exists))
        {
            organizations[name] = exists = await database.ReadAsync(c => Organizations.FindAsync(c, name)) is not null;
        }

        return exists;
    }

    private async Task<bool> PublishedAsync(SourceEntry entry) =>
        entry.Kind == ObjectKinds.User && PublishedPasswords.Concerns(entry.Owner, entry.Name)
        && await database.ReadAsync(c => PublishedPasswords.IsPublishedAsync(c, null, store, entry.Owner, entry.Document));

    /// <summary>The ids of those that are there by owner and name.</summary>
    private async Task<Dictionary<(string Owner, string Name), string>> ThereAsync(ObjectKind kind, IReadOnlyList<SourceEntry> page)
    {
        var rows = await RowsAsync(kind, "name", page.Select(e => e.Name));
        return rows.ToDictionary(r => (r.Owner, r.Name), r => r.Id);
    }

    /// <summary>The forms of those ids of users that somebody has or had.</summary>
    private async Task<HashSet<string>> TakenIdsAsync(ObjectKind kind, IReadOnlyList<SourceEntry> page)
    {
        var forms = kind != ObjectKinds.User ? [] : page.Select(e => ObjectTarget.Text(e.Document, "id")).Where(id => UserIds.Refuse(id) is null).Select(RetiredIds.Form).Distinct(StringComparer.Ordinal).ToList();
        return forms.Count == 0 ? [] : (await database.ReadAsync(async connection =>
        {
            var parameters = new DynamicParameters(new { RetiredIds.User });
            var list = parameters.AddList("form", forms);
            return await connection.QueryAsync<string>($"select id_form from users where id_form in {list} union select id from retired_ids where kind = @User and id in {list}", parameters);
        })).ToHashSet(StringComparer.Ordinal);
    }

    private async Task<HashSet<(string Column, string Value)>> TakenValuesAsync(ObjectKind kind, Judged[] judged)
    {
        var taken = new HashSet<(string, string)>();
        foreach (var column in judged.Where(j => j.Prepared is not null).SelectMany(j => Values(kind, j.Prepared!)).GroupBy(v => v.Column, v => v.Value))
        {
            taken.UnionWith((await RowsAsync(kind, column.Key, column)).Select(r => (column.Key, r.Value)));
        }

        return taken;
    }

    /// <summary>What only one object of the kind may have, over all owners.</summary>
    private static IEnumerable<(string Column, string Value)> Values(ObjectKind kind, PreparedObject prepared) =>
        kind.Unique.Concat(kind.IsNamedWithinOwner ? [] : ["name"]).Concat(kind.IsShared ? ["lookup"] : [])
            .Select(c => (c, (string)prepared.Values[c]!)).Where(v => v.Item2.Length > 0);

    private Task<List<(string Id, string Owner, string Name, string Value)>> RowsAsync(ObjectKind kind, string column, IEnumerable<string> values)
    {
        // U+0000 stands nowhere in our database, and PostgreSQL refuses to be asked for it.
        var asked = values.Where(v => v.Length > 0 && !v.Contains('\0')).Distinct(StringComparer.Ordinal).ToList();
        var scope = kind.IsShared ? " and " + kind.Scope : "";
        return asked.Count == 0 ? Task.FromResult(new List<(string, string, string, string)>()) : database.ReadAsync(async connection =>
        {
            var parameters = new DynamicParameters();
            return (await connection.QueryAsync<(string, string, string, string)>(
                $"select id, owner, name, {column} from {kind.Table} where {column} in {parameters.AddList("v", asked)}{scope}", parameters)).ToList();
        });
    }
}
