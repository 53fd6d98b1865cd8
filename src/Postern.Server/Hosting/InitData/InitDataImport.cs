using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;
using Postern.Server.Hosting.FirstStart;

namespace Postern.Server.Hosting.InitData;

/// <summary>Takes what init_data.json has and no start has taken yet, inside the start's transaction.</summary>
internal sealed class InitDataImport(InitDataFile file, InitLedger ledger, ObjectStore store, StartReport report)
{
    private readonly List<string> retired = [];
    private readonly List<string> changed = [];
    private readonly List<string> known = [];
    private readonly List<string> obstructed = [];

    public async Task RunAsync(PosternOptions options, DbConnection connection, DbTransaction transaction, TimeProvider clock)
    {
        var identities = new ImportedIdentities(options, connection, transaction);
        foreach (var entry in file.Entries)
        {
            if (ledger.Has(entry.Kind.Name, entry.Owner, entry.Name))
            {
                if (!ledger.IsUnchanged(entry))
                {
                    changed.Add(entry.Title);
                }

                continue;
            }

            if (Refusal(entry) is { } refusal)
            {
                throw InitDataFile.Refused(file.Path, $"{entry.Place} ({entry.Title})", refusal);
            }

            await TakeAsync(entry, identities, connection, transaction);
        }

        await identities.WriteAsync(clock.GetUtcNow().ToUnixTimeMilliseconds(), report);
        Report();
    }

    private static string? Refusal(InitEntry entry)
    {
        return entry.Kind == ObjectKinds.User && entry is { Owner: Organizations.BuiltIn, Name: FirstObjects.AdminName } && Is(entry.Document["password"], "123")
            ? "everybody knows the password 123; state another one, or leave the user out, and an administrator with a password of its own is made"
            : null;
    }

    private async Task TakeAsync(InitEntry entry, ImportedIdentities identities, DbConnection connection, DbTransaction transaction)
    {
        if (await ObjectStore.FindAsync(connection, entry.Kind, entry.Owner, entry.Name, transaction) is not null)
        {
            known.Add(entry.Title);
            await ledger.NoteAsync(entry, connection, transaction);
            return;
        }

        var prepared = store.PrepareAdd(entry.Kind, entry.Document);
        if (prepared.Value is not { } whole)
        {
            throw InitDataFile.Refused(file.Path, $"{entry.Place} ({entry.Title})", prepared.Refusal);
        }

        // None of these is noted: the entry is taken once the operator has changed what stands in its way.
        if (entry.Kind == ObjectKinds.Cert && await RetiredCerts.HasAsync(connection, whole.Name, transaction))
        {
            retired.Add(entry.Title);
            return;
        }

        if (!await ObjectStore.AddAsync(connection, transaction, whole))
        {
            obstructed.Add(entry.Title);
            return;
        }

        await ledger.NoteAsync(entry, connection, transaction);
        if (entry.Kind == ObjectKinds.User)
        {
            await identities.ClaimAsync(entry, whole.Id);
        }
    }

    private void Report()
    {
        void Name(List<string> titles, string reason)
        {
            if (titles.Count > 0)
            {
                report.Warnings.Add($"initDataFile {file.Path}: {reason}: {string.Join(", ", titles)}.");
            }
        }

        Name(changed, "entries that differ from what was taken at an earlier start are not applied");
        Name(known, "objects that were there already stay as they are");
        Name(obstructed, "entries whose name, id or client id another object has are not taken");
        Name(retired, "certs of a deleted cert's name are not taken");
        Name([.. file.OtherSections], "sections that Postern does not take");
    }

    private static bool Is(JsonNode? node, string text) => node is JsonValue value && value.TryGetValue<string>(out var given) && given == text;
}
