using System.Globalization;
using Dapper;
using Postern.Directory.Credentials;
using Postern.Directory.Credentials.Formats;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Objects.TokenFields;
using Postern.Import.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>
/// Takes everything that Casdoor kept and Postern keeps, section by section. What is there already stays as it is, so a run
/// that was cut is finished by the next one. Without <paramref name="apply"/> the same is judged and nothing written.
/// </summary>
public sealed class CasdoorImport(
    ICasdoorSource source, StorageOptions options, Database database, ObjectStore store, Scratch scratch, TakenOver takenOver, ImportReport report,
    bool apply, bool dropSecondFactors, Progress progress, TimeProvider clock)
{
    private static readonly string[] MasterKeys = ["masterPassword", "masterVerificationCode"];

    private readonly SharedSignInNames names = new(database, scratch);
    private readonly ImportJudge judge = new(store, database, scratch, apply, dropSecondFactors, progress);
    private readonly Dictionary<string, SignupApplication> applications = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Provider> providers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> certOwners = new(StringComparer.Ordinal);
    private readonly List<SourceEntry> adapters = [];
    private readonly KeptSettings kept = new(clock);

    public async Task RunAsync()
    {
        var choice = new MiniProgramChoice(options, FindApplicationAsync, FindProvidersAsync);
        foreach (var kind in ImportOrder.Kinds)
        {
            await TakeAsync(kind, choice);
            if (kind == ObjectKinds.User)
            {
                names.Report(report);
                await new IdentityImport(database, scratch, apply, report, progress, clock).RunAsync();
            }
        }

        await new PolicyImport(source, database, apply, report, clock).RunAsync(adapters);
        foreach (var section in await source.LeftAsync())
        {
            report.Leave(section);
        }

        foreach (var column in source.Unknown)
        {
            report.Add(Finding.UnknownColumns, column);
        }

        foreach (var line in kept.Lines)
        {
            report.Add(Finding.KeptOnly, line);
        }

        progress.End();
        if (apply)
        {
            await RecordAsync();
        }
    }

    private async Task TakeAsync(ObjectKind kind, MiniProgramChoice choice)
    {
        if (await source.CountAsync(kind) is not (> 0 and var total))
        {
            return;
        }

        progress.Begin(kind.Plural, total);
        var count = report.Section(kind.Plural);
        await foreach (var documents in source.ReadAsync(kind))
        {
            var judged = await judge.JudgeAsync(kind, [.. documents.Select(d => SourceEntry.Of(kind, d))]);
            var lost = apply ? await WriteAsync([.. judged.Select(j => j.Prepared).OfType<PreparedObject>()]) : [];
            foreach (var one in judged)
            {
                // Somebody who works with the server was quicker.
                await NoteAsync(one.Prepared is { } prepared && lost.Contains(prepared.Id) ? one with { Prepared = null, Finding = Finding.NameTaken } : one, count, choice);
            }

            if (kind == ObjectKinds.User)
            {
                await names.NoteAsync(judged);
            }

            progress.Advance(documents.Count);
        }
    }

    /// <returns>The ids of those that found their name or what else is unique taken.</returns>
    private Task<HashSet<string>> WriteAsync(IReadOnlyList<PreparedObject> prepared) =>
        prepared.Count == 0 ? Task.FromResult(new HashSet<string>()) : database.WriteAsync(async (connection, transaction) =>
        {
            var lost = new HashSet<string>(StringComparer.Ordinal);
            foreach (var one in prepared)
            {
                if (!await ObjectStore.AddAsync(connection, transaction, one))
                {
                    lost.Add(one.Id);
                }
            }

            return Written.Commit(lost);
        });

    private async Task NoteAsync(Judged one, SectionCount count, MiniProgramChoice choice)
    {
        count.Read++;
        if (one.Finding is { } finding)
        {
            count.NotTaken++;
            report.Add(finding, one.Title);
            return;
        }

        var (entry, kind) = (one.Entry, one.Entry.Kind);
        if (takenOver.Has(entry))
        {
            count.Taken++;
            if (kind == ObjectKinds.Cert)
            {
                return;
            }

            one = kind == ObjectKinds.User ? one with { ThereAs = takenOver.AdministratorId } : one;
        }
        else if (one.Prepared is not null)
        {
            count.Taken++;
            kept.Note(kind, entry.Document, kind.FixedOwner is null ? entry.Path : entry.Name);
        }
        else
        {
            count.There++;
        }

        if (kind == ObjectKinds.Organization && MasterKeys.Any(p => ObjectTarget.Text(entry.Document, p).Length > 0))
        {
            report.Add(Finding.MasterPassword, entry.Name);
        }
        else if (kind == ObjectKinds.User)
        {
            await NoteUserAsync(one, choice);
        }
        else if (kind == ObjectKinds.Provider && one.Prepared is { } provider)
        {
            providers[entry.Name] = ProviderOf(provider);
        }
        else if (kind == ObjectKinds.Cert)
        {
            await NoteCertAsync(one);
        }
        else if (kind == ObjectKinds.Application)
        {
            await NoteApplicationAsync(one);
        }
        else if (kind == AdapterKind.Kind)
        {
            adapters.Add(entry);
        }
    }

    private async Task NoteUserAsync(Judged one, MiniProgramChoice choice)
    {
        var entry = one.Entry;
        var id = ObjectTarget.Text(entry.Document, "id");
        if (one.Prepared is null)
        {
            // Only who came from there: an account that was opened here is nobody's by its name.
            if (one.ThereAs != id && one.ThereAs != ImportJudge.NewIdOf(entry))
            {
                report.Add(Finding.OtherId, $"{entry.Path}: {one.ThereAs}, in Casdoor {Shown(id)}");
                return;
            }

            if (ObjectDocument.Read(entry.Kind, entry.Document).Value is null)
            {
                return;
            }
        }
        else if (one.HasNewId)
        {
            report.Add(Finding.NewId, $"{entry.Path}: {Shown(id)} became {one.Prepared.Id}");
        }

        if (one.Prepared is not null && ImportedPasswords.FaultOf(entry.Document) is var fault and not PasswordFault.None)
        {
            report.Add(fault switch
            {
                PasswordFault.OwnFormat => Finding.OwnFormat,
                PasswordFault.TooCostly => Finding.TooCostly,
                PasswordFault.HashAsPassword => Finding.HashAsPassword,
                PasswordFault.BrokenSalt => Finding.BrokenSalt,
                _ => Finding.Unverifiable,
            }, entry.Path);
        }

        if (SecondFactors.AreOf(entry.Document))
        {
            report.Add(dropSecondFactors ? Finding.SecondFactorDropped : Finding.SecondFactor, entry.Path);
        }

        if (await choice.ClaimsOfAsync(entry.Document, entry.Owner) is not { } claims)
        {
            report.Add(Finding.Undecided, entry.Path);
            return;
        }

        foreach (var identity in claims)
        {
            scratch.Add(new Claim(identity, one.Prepared?.Id ?? one.ThereAs!, entry.Path));
        }
    }

    private async Task NoteCertAsync(Judged one)
    {
        var entry = one.Entry;
        if (one.Prepared is not null)
        {
            certOwners[entry.Name] = entry.Owner;
            if (SourceKeys.RsaBits(entry.Document) is < SourceKeys.Strong and var bits)
            {
                report.Add(Finding.WeakKey, string.Create(CultureInfo.InvariantCulture, $"{entry.Path} ({bits} bits)"));
            }

            return;
        }

        var known = await database.ReadAsync(c => c.ExecuteScalarAsync<string?>("select certificate from certs where name = @Name", new { entry.Name }));
        if (ObjectTarget.Text(entry.Document, "certificate") is { Length: > 0 } certificate && certificate.Trim() != known?.Trim())
        {
            report.Add(Finding.OtherCertificate, entry.Path);
        }
    }

    private async Task NoteApplicationAsync(Judged one)
    {
        var entry = one.Entry;
        if (one.Prepared is { } taken)
        {
            applications[entry.Name] = new SignupApplication((string)taken.Values["organization"]!, (bool)taken.Values["is_shared"]!, (string)taken.Values["providers"]!);
            if (ImportJudge.AsksForInstallation(entry.Document))
            {
                report.Add(Finding.LostInstallation, entry.Name);
            }

            if (ApplicationKind.RefuseRedirects(entry.Document["redirectUris"]) is not null)
            {
                report.Add(Finding.ForeignCharacters, entry.Name);
            }

            if (TokenAttribute.Refuse(entry.Document["tokenAttributes"], entry.Document["tokenFields"]) is { } refusal)
            {
                report.Add(Finding.ForeignClaims, $"{entry.Name} ({refusal.English})");
            }
        }

        if (ObjectTarget.Text(entry.Document, "cert") is not { Length: > 0 } cert || cert.Contains('\0'))
        {
            return;
        }

        var owner = certOwners.GetValueOrDefault(cert) ?? await database.ReadAsync(c => c.ExecuteScalarAsync<string?>("select owner from certs where name = @cert", new { cert }));
        if (owner != "admin")
        {
            report.Add(owner is null ? Finding.LostCertificate : Finding.OwnCertificate, $"{entry.Name} ({Shown(cert)})");
        }
    }

    /// <summary>As the database has it, else as this run has taken it.</summary>
    private async Task<SignupApplication?> FindApplicationAsync(string name) =>
        name.Contains('\0') ? null
        : await database.ReadAsync(c => Applications.FindAsync(c, name)) is { } found ? new SignupApplication(found.Organization, found.IsShared, found.Providers)
        : applications.GetValueOrDefault(name);

    private async Task<IEnumerable<Provider>> FindProvidersAsync(IReadOnlyList<string> names, string organization)
    {
        var found = (await database.ReadAsync(c => Providers.FindOfAsync(c, names, organization))).ToList();
        return found.Concat(names.Except(found.Select(p => p.Name)).Select(providers.GetValueOrDefault).OfType<Provider>().Where(p => p.Owner == "admin" || p.Owner == organization));
    }

    private static Provider ProviderOf(PreparedObject taken) => new()
    {
        Id = taken.Id,
        Owner = taken.Owner,
        Name = taken.Name,
        Category = (string)taken.Values["category"]!,
        Type = (string)taken.Values["type"]!,
        ClientId = (string)taken.Values["client_id"]!,
        ClientSecret = "",
        OpenPlatform = (string)taken.Values["open_platform"]!,
        IsDemo = false,
    };

    private static string Shown(string text) => string.Concat(text.Take(100).Select(c => char.IsControl(c) ? '?' : c));

    private Task<bool> RecordAsync() => database.WriteAsync(async (connection, transaction) =>
    {
        await Records.AddAsync(connection, new AuditRecord
        {
            Organization = Organizations.BuiltIn,
            CreatedTime = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            ClientIp = "",
            User = "",
            Method = "",
            RequestUri = "",
            Action = "import",
            Target = source.DisplayName,
            Detail = report.Summary(),
        }, transaction);
        return Written.Commit(true);
    });
}
