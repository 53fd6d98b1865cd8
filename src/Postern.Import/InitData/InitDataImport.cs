using System.Collections.Concurrent;
using System.Data.Common;
using Postern.Directory.Credentials.Formats;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Import.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Import.InitData;

/// <summary>Takes what init_data.json has and no start has taken yet, inside the start's transaction.</summary>
public sealed class InitDataImport(InitDataFile file, InitLedger ledger, ObjectStore store, ICollection<string> warnings, TimeProvider clock)
{
    private const int MostNamed = 20;

    private readonly HashSet<(ObjectKind Kind, string Owner, string Name)> seen = [];
    private readonly List<string> doubled = [];
    private readonly List<string> homeless = [];
    private readonly List<string> retired = [];
    private readonly List<(PasswordFault Fault, string Title)> passwordless = [];
    private readonly List<string> changed = [];
    private readonly List<string> known = [];
    private readonly List<string> obstructed = [];
    private readonly List<string> unfit = [];
    private readonly KeptSettings kept = new(clock);
    private readonly ConcurrentDictionary<InitEntry, PreparedObject> hashed = new(ReferenceEqualityComparer.Instance);

    public async Task RunAsync(StorageOptions options, DbConnection connection, DbTransaction transaction)
    {
        var identities = new ImportedIdentities(options, connection, transaction);
        HashPasswords();
        foreach (var entry in file.Entries)
        {
            if (!seen.Add((entry.Kind, entry.Owner, entry.Name)))
            {
                doubled.Add(entry.Title);
                continue;
            }

            if (ledger.Has(entry.Kind.Name, entry.Owner, entry.Name))
            {
                if (!ledger.IsUnchanged(entry))
                {
                    changed.Add(entry.Title);
                }

                continue;
            }

            if (await RefusalAsync(entry, connection, transaction) is { } refusal)
            {
                throw InitDataFile.Refused(file.Path, $"{entry.Place} ({entry.Title})", refusal);
            }

            await TakeAsync(entry, identities, connection, transaction);
        }

        await identities.WriteAsync(clock.GetUtcNow().ToUnixTimeMilliseconds(), warnings);
        Report();
    }

    private async Task<string?> RefusalAsync(InitEntry entry, DbConnection connection, DbTransaction transaction) =>
        entry.Kind == ObjectKinds.Application ? ApplicationKind.RefuseRedirects(entry.Document["redirectUris"])?.English
        : entry.Kind == ObjectKinds.User && PublishedPasswords.Concerns(entry.Owner, entry.Name) && await PublishedPasswords.IsPublishedAsync(connection, transaction, store, entry.Owner, entry.Document)
            ? "everybody knows the password 123; state another one, or leave the user out, and an administrator with a password of its own is made"
            : null;

    private Prepared<PreparedObject> Prepare(InitEntry entry) =>
        store.PrepareAdd(
            entry.Kind,
            entry.Kind == ObjectKinds.User ? ImportedPasswords.Usable(entry.Document)
                : entry.Kind == ObjectKinds.Application ? IdTokenClaims.KeptFromCasdoor(entry.Document)
                : entry.Document,
            keepsName: true);

    /// <summary>Those in clear text that no start has taken, on all cores: each takes as long as a sign-in.</summary>
    private void HashPasswords()
    {
        var users = file.Entries.Where(e => e.Kind == ObjectKinds.User && !ledger.Has(e.Kind.Name, e.Owner, e.Name)
            && ObjectTarget.Text(e.Document, "password").Length > 0 && PasswordFormats.IsClear(ObjectTarget.Text(e.Document, "passwordType")));
        Parallel.ForEach(
            Partitioner.Create(users, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, entry =>
            {
                if (Prepare(entry).Value is { ClearPassword: not null } whole)
                {
                    hashed[entry] = store.HashNow(whole);
                }
            });
    }

    private async Task TakeAsync(InitEntry entry, ImportedIdentities identities, DbConnection connection, DbTransaction transaction)
    {
        if (await ObjectStore.FindAsync(connection, entry.Kind, entry.Owner, entry.Name, transaction) is not null)
        {
            known.Add(entry.Title);
            await ledger.NoteAsync(entry, connection, transaction);
            return;
        }

        var prepared = hashed.TryGetValue(entry, out var ready) ? ready : Prepare(entry);
        if (prepared.Value is not { } whole)
        {
            // What nobody can sign in without stops the start.
            if (!InitDataFile.IsNeeded(entry.Kind))
            {
                unfit.Add($"{entry.Title} ({prepared.Refusal.English})");
                return;
            }

            throw InitDataFile.Refused(file.Path, $"{entry.Place} ({entry.Title})", prepared.Refusal.English);
        }

        // None of these is noted: the entry is taken once the operator has changed what stands in its way.
        if (await OrganizationRules.RefuseAsync(connection, transaction, whole.Kind, whole.Values) is not null)
        {
            homeless.Add(entry.Title);
            return;
        }

        if (entry.Kind == ObjectKinds.Cert && await RetiredCerts.HasAsync(connection, whole.Name, transaction))
        {
            retired.Add(entry.Title);
            return;
        }

        if (!await ObjectStore.AddAsync(connection, transaction, store.HashNow(whole)))
        {
            obstructed.Add(entry.Title);
            return;
        }

        await ledger.NoteAsync(entry, connection, transaction);
        kept.Note(entry.Kind, entry.Document, $"{entry.Owner}/{entry.Name}");
        if (entry.Kind == ObjectKinds.User)
        {
            await identities.ClaimAsync(entry, whole.Id);
            NotePassword(entry);
        }
    }

    private void NotePassword(InitEntry user)
    {
        if (ImportedPasswords.FaultOf(user.Document) is var fault and not PasswordFault.None)
        {
            passwordless.Add((fault, $"{user.Owner}/{user.Name}"));
        }
    }

    private void Report()
    {
        void NamePasswordless(Predicate<PasswordFault> isOne, string reason) => Name([.. passwordless.Where(p => isOne(p.Fault)).Select(p => p.Title)], reason, MostNamed);

        void Name(List<string> titles, string reason, int most = int.MaxValue)
        {
            if (titles.Count > 0)
            {
                var more = titles.Count > most ? $" and {titles.Count - most} more" : "";
                warnings.Add($"initDataFile {file.Path}: {reason}: {string.Join(", ", titles.Take(most))}{more}.");
            }
        }

        Name(changed, "entries that differ from what was taken at an earlier start are not applied");
        Name(known, "objects that were there already stay as they are");
        Name(obstructed, "entries whose name, id or client id another object has are not taken");
        Name(unfit, "entries that are not as their kind must be are not taken", MostNamed);
        Name(homeless, "entries of an organization that does not exist are not taken");
        Name(retired, "certs of a deleted cert's name are not taken");
        Name(doubled, "entries that stand twice in the file are taken as they stand first");
        NamePasswordless(f => f is PasswordFault.OwnFormat, "users taken without their password, because a hash of this server's own format is taken from no file (set one with set-password)");
        NamePasswordless(f => f is PasswordFault.TooCostly, "users taken without their password, because its hash costs too much to verify (docs/passwords.md; set one with set-password)");
        NamePasswordless(f => f is PasswordFault.HashAsPassword, "users taken without their password, because a hash is kept as if it were a password in clear text (set one with set-password)");
        NamePasswordless(f => f is PasswordFault.BrokenSalt, "users taken without their password, because its salt is no base64 (set one with set-password)");
        NamePasswordless(
            f => f is PasswordFault.UnknownFormat or PasswordFault.Malformed or PasswordFault.TooLong,
            "users taken without their password, because no sign-in can verify it: it is too long, its passwordType is unknown, or it is no hash of that type");
        Name([.. kept.Lines], "settings that are taken and that nothing here acts on (docs/properties.md)", MostNamed);
        Name([.. file.OtherSections], "sections that a start does not take, and postern import --casdoor does");
    }
}
