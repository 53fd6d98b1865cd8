using System.Globalization;

namespace Postern.Import.Casdoor;

/// <summary>What became of a section.</summary>
public sealed class SectionCount(string name)
{
    public string Name => name;

    public long Read { get; set; }

    public long Taken { get; set; }

    public long There { get; set; }

    public long NotTaken { get; set; }
}

/// <summary>What an import did, or would do, in plain words. User names stand in it; no openid, hash or secret does.</summary>
public sealed class ImportReport
{
    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["tokens"] = "a token is good only with a row of ours behind it: people sign in again",
        ["sessions"] = "people sign in again",
        ["records"] = "they hold requests as they were sent: keep Casdoor's database for as long as they must be kept",
        ["verification_records"] = "codes that were sent: they have expired",
        ["webhook_events"] = "deliveries of Casdoor's",
        ["password_histories"] = "former passwords are not compared here",
        ["consents"] = "users are asked again",
    };

    private readonly List<SectionCount> sections = [];
    private readonly List<(LeftSection Section, string? Reason)> left = [];
    private readonly Dictionary<Finding, (List<string> Named, long Count)> findings = [];

    public bool HasLoss => sections.Any(s => s.NotTaken > 0) || findings.Keys.Any(f => f.IsLoss) || left.Any(l => l.Reason is null);

    public bool Has(Finding finding) => findings.ContainsKey(finding);

    public SectionCount Section(string name)
    {
        if (sections.Find(s => s.Name == name) is not { } section)
        {
            sections.Add(section = new SectionCount(name));
        }

        return section;
    }

    public void Add(Finding finding, string title)
    {
        var (named, count) = findings.GetValueOrDefault(finding, ([], 0));
        if (named.Count < finding.MostNamed)
        {
            named.Add(title);
        }

        findings[finding] = (named, count + 1);
    }

    public void Leave(LeftSection section) => left.Add((section, Reasons.GetValueOrDefault(section.Name)));

    /// <summary>For the audit record.</summary>
    public string Summary() => string.Create(CultureInfo.InvariantCulture, $"taken {sections.Sum(s => s.Taken)}, already there {sections.Sum(s => s.There)}, not taken {sections.Sum(s => s.NotTaken)}");

    /// <param name="output">Where to.</param>
    /// <param name="source">What may be shown of it.</param>
    /// <param name="isApplied">Whether it was written.</param>
    /// <param name="isNew">Whether there was no installation before.</param>
    public void Write(TextWriter output, string source, bool isApplied, bool isNew)
    {
        output.WriteLine(isApplied ? $"Imported from {source}. 导入完成。" : $"Dry run of an import from {source}: nothing was written. 试运行，未写入任何数据。");
        if (isNew)
        {
            output.WriteLine(isApplied ? "A new installation was made for it. 已新建安装。" : "There is no installation yet: --apply makes one. 尚无安装，--apply 会新建。");
        }

        output.WriteLine();
        foreach (var s in sections)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{s.Name}: {s.Read:N0} read, {s.Taken:N0} taken, {s.There:N0} already there, {s.NotTaken:N0} not taken"));
        }

        foreach (var (section, reason) in left)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{section.Name}: {section.Count:N0} left where they are ({reason ?? "Postern keeps nothing of the kind"})"));
        }

        foreach (var (finding, (named, count)) in findings)
        {
            output.WriteLine();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{finding.Sentence} ({count:N0}):"));
            named.ForEach(n => output.WriteLine("  " + n));
            if (count > named.Count)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {count - named.Count:N0} more"));
            }

            output.WriteLine(finding.Remedy);
        }

        if (!isApplied)
        {
            output.WriteLine();
            output.WriteLine("Run the same with --apply to import. 确认后加 --apply 执行导入。");
        }
    }
}
