using System.Text.Json;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>Rules of adapters that have none here; where there are some, they are what somebody made of them.</summary>
internal sealed class PolicyImport(ICasdoorSource source, Database database, bool apply, ImportReport report, TimeProvider clock)
{
    public async Task RunAsync(IEnumerable<SourceEntry> adapters)
    {
        foreach (var adapter in adapters)
        {
            if (await source.RulesAsync(adapter, Policies.Most) is not { } rules)
            {
                report.Add(Finding.ForeignRules, adapter.Path);
                continue;
            }

            var distinct = rules.Where(r => !r.Any(v => v.Contains('\0'))).DistinctBy(r => JsonSerializer.Serialize(r), StringComparer.Ordinal).ToList();
            if (distinct.Count == 0)
            {
                continue;
            }

            var count = report.Section("policy rules");
            count.Read += distinct.Count;
            if (rules.Count > Policies.Most)
            {
                count.NotTaken += distinct.Count;
                report.Add(Finding.ManyRules, adapter.Path);
                continue;
            }

            if (apply ? await AddRulesAsync(adapter, distinct) : await HasNoRulesAsync(adapter))
            {
                count.Taken += distinct.Count;
            }
            else
            {
                count.There += distinct.Count;
            }
        }
    }

    private Task<bool> HasNoRulesAsync(SourceEntry adapter) => database.ReadAsync(async connection =>
        await ObjectStore.FindAsync(connection, AdapterKind.Kind, adapter.Owner, adapter.Name) is not { } stored || (await Policies.OfAsync(connection, stored.Id)).Count == 0);

    private Task<bool> AddRulesAsync(SourceEntry adapter, IReadOnlyList<string[]> rules)
    {
        // In the order of the rules.
        var ids = rules.Select(_ => Guid.CreateVersion7(clock.GetUtcNow()).ToString()).Order(StringComparer.Ordinal).ToList();
        return database.WriteAsync(async (connection, transaction) =>
        {
            if (await ObjectStore.FindAsync(connection, AdapterKind.Kind, adapter.Owner, adapter.Name, transaction) is not { } stored
                || await Policies.CountAsync(connection, transaction, stored.Id) > 0)
            {
                return Written.Commit(false);
            }

            foreach (var (rule, id) in rules.Zip(ids))
            {
                await Policies.AddAsync(connection, transaction, stored.Id, id, rule);
            }

            return Written.Commit(true);
        });
    }
}
