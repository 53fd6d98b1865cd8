using Dapper;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Storage.Databases;

namespace Postern.Import.Casdoor;

/// <summary>Names that differ by letter case alone, and addresses and numbers of several users, among those who come and those who are here already.</summary>
internal sealed class SharedSignInNames(Database database, Scratch scratch)
{
    private const string Name = "name";

    private static readonly string[] Columns = [Name, "email", "phone"];

    /// <summary>A page of users, each of them taken or there already.</summary>
    public async Task NoteAsync(IReadOnlyList<Judged> page)
    {
        var coming = page.Where(j => j.Finding is null && j.Entry.Document["isDeleted"]?.GetValueKind() != System.Text.Json.JsonValueKind.True).Select(j => j.Entry).ToList();
        foreach (var user in coming)
        {
            foreach (var column in Columns)
            {
                Add(user.Owner, user.Name, column, ObjectTarget.Text(user.Document, column));
            }
        }

        foreach (var column in Columns)
        {
            await NoteThereAsync(column, [.. coming.Select(u => u.Owner).Distinct(StringComparer.Ordinal)],
                [.. coming.Select(u => LikePattern.AsciiLower(ObjectTarget.Text(u.Document, column))).Where(v => v.Length is > 0 and <= 100 && !v.Contains('\0')).Distinct(StringComparer.Ordinal)]);
        }
    }

    public void Report(ImportReport report)
    {
        foreach (var (kind, paths) in scratch.SharedSignInNames())
        {
            report.Add(kind == Name ? Finding.LetterCase : Finding.SharedContact, kind == Name ? paths : $"{kind}: {paths}");
        }
    }

    private async Task NoteThereAsync(string column, IReadOnlyList<string> owners, IReadOnlyList<string> forms)
    {
        if (forms.Count == 0)
        {
            return;
        }

        var parameters = new DynamicParameters();
        var there = await database.ReadAsync(async connection => (await connection.QueryAsync<(string Owner, string Name, string Value)>(
            $"""
            select owner, name, {column} from users
            where owner in {parameters.AddList("o", owners)} and not is_deleted and {column} <> '' and {SignInNames.Folded(column)} in {parameters.AddList("f", forms)}
            """, parameters)).ToList());
        foreach (var user in there)
        {
            Add(user.Owner, user.Name, column, user.Value);
        }
    }

    private void Add(string owner, string name, string column, string value)
    {
        if (value.Length > 0)
        {
            scratch.AddSignInName(owner, column, SignInNames.Form(value), string.Concat($"{owner}/{name}".Select(c => char.IsControl(c) ? '?' : c)));
        }
    }
}
