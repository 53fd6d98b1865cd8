using System.Globalization;
using System.Text;
using CsvHelper;
using ExcelDataReader;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>A file of rows under one line of headers: CSV in UTF-8, or the first sheet of an XLSX workbook. Formulas are never computed.</summary>
internal sealed record Sheet(IReadOnlyList<string> Headers, IReadOnlyList<string[]> Rows)
{
    private const int MostRows = 10_000;
    internal const int MostColumns = 300;

    private const int LargestCell = 4 * 1024;

    // A blank line is a row too, so that a refusal counts rows as an editor does.
    private static readonly CsvReaderOptions Csv = CsvReaderOptions.Default with { HasHeader = false, SkipEmptyLines = false };

    /// <summary>The rows, blank ones too; or the sentence that refuses the file.</summary>
    public static Prepared<Sheet> Read(MemoryStream file)
    {
        try
        {
            file.Position = 0;
            var isWorkbook = file.GetBuffer().AsSpan(0, (int)file.Length).StartsWith("PK"u8);
            return isWorkbook && WorkbookParts.Refuse(file) is { } refusal ? new(null, refusal)
                : Of(isWorkbook ? WorkbookRows(file) : CsvRows(file));
        }
        // The readers throw what they like at a file that is broken.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(null, new("the file cannot be read: it must be an XLSX workbook or CSV in UTF-8", "无法读取文件，只支持 XLSX 工作簿或 UTF-8 编码的 CSV"));
        }
    }

    private static Prepared<Sheet> Of(IEnumerable<string[]> lines)
    {
        string[]? headers = null;
        var (rows, total) = (new List<string[]>(), 0L);
        foreach (var line in lines)
        {
            if (line.Length > MostColumns)
            {
                return new(null, new($"the file has more than {MostColumns} columns", $"文件超过 {MostColumns} 列"));
            }

            for (var column = 0; column < line.Length; column++)
            {
                var size = Encoding.UTF8.GetByteCount(line[column]);
                if (size > LargestCell)
                {
                    var row = headers is null ? 1 : rows.Count + 2;
                    return new(null, new(
                        $"row {row}, column {column + 1}: a cell has at most {LargestCell / 1024} KB",
                        $"第 {row} 行第 {column + 1} 列：单元格最多 {LargestCell / 1024} KB"));
                }

                total += size;
            }

            // One text of a workbook may stand in any number of its cells.
            if (total > WorkbookParts.LargestUnpacked)
            {
                return new(null, WorkbookParts.TooLarge);
            }

            if (headers is null)
            {
                headers = [.. line.Select(h => h.Trim())];
            }
            else if (rows.Count == MostRows)
            {
                return new(null, new($"the file has more than {MostRows} rows: send it in parts", $"文件超过 {MostRows} 行，请分批上传"));
            }
            else
            {
                rows.Add(line);
            }
        }

        return headers is null || rows.Count == 0 ? new Prepared<Sheet>(null, new(
            "the file has no rows below its headers",
            "文件中除标题行外没有数据")) : new Sheet(headers, rows);
    }

    private static IEnumerable<string[]> CsvRows(MemoryStream file)
    {
        using var reader = new StreamReader(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), leaveOpen: true);
        using var csv = CsvReader.Create(reader, Csv);
        while (csv.Read())
        {
            yield return [.. Enumerable.Range(0, Math.Min(csv.FieldCount, MostColumns + 1)).Select(csv.GetString)];
        }
    }

    private static IEnumerable<string[]> WorkbookRows(MemoryStream file)
    {
        // The library looks up a code page of old workbooks before it sees that this one is new.
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var reader = ExcelReaderFactory.CreateOpenXmlReader(file, new ExcelReaderConfiguration { LeaveOpen = true });
        while (reader.Read())
        {
            yield return [.. Enumerable.Range(0, Math.Min(reader.FieldCount, MostColumns + 1)).Select(i => TextOf(reader.GetValue(i)))];
        }
    }

    private static string TextOf(object? cell) => cell switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        DateTime time => Rfc3339.Of(new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeMilliseconds()),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };
}
