using System.Text;

namespace Postern.Casbin;

/// <summary>
/// The sections of a model: <c>[section]</c>, <c>key = value</c>, a backslash at the end of a line that goes on, comments
/// from <c>#</c> or <c>;</c>.
/// </summary>
internal sealed class ModelText
{
    private readonly Dictionary<(string Section, string Key), (string Value, int Line)> entries = [];

    public IEnumerable<(string Section, string Key, string Value, int Line)> Entries =>
        entries.Select(e => (e.Key.Section, e.Key.Key, e.Value.Value, e.Value.Line));

    public static Reading<ModelText> Read(string text)
    {
        var read = new ModelText();
        var pending = new StringBuilder();
        var (section, line, begun) = ("", 0, 0);
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            line++;
            var content = WithoutComment(raw).Trim();
            if (content.IsEmpty && !raw.Trim().IsEmpty)
            {
                continue;
            }

            var isHeader = content.Length > 1 && content[0] == '[' && content[^1] == ']' && pending.Length == 0;
            if (isHeader)
            {
                section = content[1..^1].Trim().ToString();
                continue;
            }

            begun = pending.Length == 0 ? line : begun;
            var goesOn = !content.IsEmpty && content[^1] == '\\';
            pending.Append(goesOn ? content[..^1].TrimEnd() : content);
            if (goesOn)
            {
                pending.Append(' ');
            }
            else if (read.Add(section, pending, begun) is { } refusal)
            {
                return Reading<ModelText>.Refused(refusal);
            }
        }

        return read.Add(section, pending, begun) is { } last ? Reading<ModelText>.Refused(last) : read;
    }

    private string? Add(string section, StringBuilder pending, int line)
    {
        var text = pending.ToString().Trim();
        pending.Clear();
        if (text.Length == 0)
        {
            return null;
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return $"Line {line} of the model is neither a [section] nor a key = value.";
        }

        var key = text[..equals].Trim();
        if (section.Length == 0)
        {
            return $"Line {line} of the model stands before the first [section].";
        }

        // Which of two would count is nothing that a reader should have to guess.
        return entries.TryAdd((section, key), (text[(equals + 1)..].Trim(), line)) ? null : $"Line {line} of the model gives [{Shown.Short(section)}] {Shown.Short(key)} a second time.";
    }

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> line)
    {
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote == '\0' && c is '#' or ';')
            {
                return line[..i];
            }

            if (c is '"' or '\'')
            {
                quote = quote == '\0' ? c : quote == c ? '\0' : quote;
            }
        }

        return line;
    }
}
