using System.IO.Compression;
using System.Xml;
using Postern.Protocol;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>
/// Judges the parts of a workbook before the library reads it. The library makes room for whatever a workbook says of itself: a
/// cell in column ZZZZZZ is a row of hundreds of millions of cells.
/// </summary>
internal static class WorkbookParts
{
    /// <summary>A workbook is compressed, and may say little of what it becomes.</summary>
    public const int LargestUnpacked = 20 * 1024 * 1024;

    // A workbook has a dozen.
    private const int MostParts = 1_000;

    // Each cell, text and style is one or more; 20 MB of cells that say something are fewer.
    private const int MostElements = 2_500_000;

    // The last column of a sheet is XFD (ISO/IEC 29500-1 §18.3.1.4 and annex L).
    private const int LettersOfColumn = 3;

    public static readonly LocalizedText TooLarge = new(
        $"the workbook is larger than {LargestUnpacked / 1024 / 1024} MB when it is unpacked",
        $"工作簿解压后大于 {LargestUnpacked / 1024 / 1024} MB");
    private static readonly LocalizedText TooWide = new($"the file has more than {Sheet.MostColumns} columns", $"文件超过 {Sheet.MostColumns} 列");
    private static readonly XmlReaderSettings Plain = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = false, IgnoreWhitespace = true };

    /// <summary>The sentence that refuses the workbook, or null. Sizes are counted by unpacking: what the archive says of them is the sender's word.</summary>
    public static LocalizedText? Refuse(MemoryStream file)
    {
        using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        if (archive.Entries.Count > MostParts)
        {
            return TooLarge;
        }

        var (buffer, total) = (new byte[64 * 1024], 0L);
        foreach (var entry in archive.Entries)
        {
            using var unpacked = entry.Open();
            int read;
            while ((read = unpacked.Read(buffer)) > 0)
            {
                if ((total += read) > LargestUnpacked)
                {
                    return TooLarge;
                }
            }
        }

        var elements = 0;
        foreach (var entry in archive.Entries)
        {
            // A sheet of the binary form is cells without XML. The relations of the workbook name its sheets, and nothing of them is binary but macros.
            if (Has(entry, ".bin") && entry.FullName.Contains("workbook", StringComparison.OrdinalIgnoreCase))
            {
                return new LocalizedText("the workbook is of a binary form: save it as XLSX", "工作簿是二进制格式，请另存为 XLSX");
            }

            if ((Has(entry, ".xml") || Has(entry, ".rels")) && RefusePart(entry, ref elements) is { } refusal)
            {
                return refusal;
            }
        }

        file.Position = 0;
        return null;
    }

    private static LocalizedText? RefusePart(ZipArchiveEntry part, ref int elements)
    {
        using var stream = part.Open();
        using var reader = XmlReader.Create(stream, Plain);
        var (cells, isSheet, isOfWorkbook) = (0, false, Has(part, ".rels") && part.FullName.Contains("workbook", StringComparison.OrdinalIgnoreCase));
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (++elements > MostElements)
            {
                return TooLarge;
            }

            switch (reader.LocalName)
            {
                case "sheetData":
                    isSheet = true;
                    break;
                case "row":
                    cells = 0;
                    break;
                case "c" when isSheet && (++cells > Sheet.MostColumns || ColumnOf(reader.GetAttribute("r")) > LettersOfColumn):
                    return TooWide;
                case "Relationship" when isOfWorkbook && reader.GetAttribute("Target") is { } target && !target.EndsWith(".xml", StringComparison.OrdinalIgnoreCase):
                    return new LocalizedText("the workbook has parts that are no XML, such as macros: save it as XLSX", "工作簿含有非 XML 的部分（例如宏），请另存为 XLSX");
            }
        }

        return null;
    }

    /// <summary>How many letters the column of such a reference has.</summary>
    private static int ColumnOf(string? reference) => reference?.TakeWhile(c => !char.IsAsciiDigit(c)).Count() ?? 0;

    private static bool Has(ZipArchiveEntry part, string ending) => part.FullName.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
