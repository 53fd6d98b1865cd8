using System.Globalization;

namespace Postern.Casbin;

/// <summary>Texts of others, as sentences show them.</summary>
internal static class Shown
{
    private const int Longest = 80;

    public static string Short(string text)
    {
        var plain = text.Any(char.IsControl) ? string.Concat(text.Where(c => !char.IsControl(c))) : text;
        return plain.Length <= Longest ? plain : plain[..Longest] + "…";
    }

    /// <summary>A list in Casbin's notation, <c>[alice data1 read]</c>.</summary>
    public static string List(IEnumerable<string> values) => $"[{string.Join(' ', values)}]";

    /// <summary>A value in Casbin's notation: keys in order, <c>map[Age:18 Name:alice]</c>; numbers without needless digits.</summary>
    public static string Notation(Value value) => value.Kind switch
    {
        ValueKind.Text => value.Text,
        ValueKind.Number => Number(value.Number),
        ValueKind.Truth => value.IsTrue ? "true" : "false",
        ValueKind.List => List(value.Items.Select(Notation)),
        ValueKind.Object => $"map{List(value.Fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}:{Notation(f.Value)}"))}",
        _ => "<nil>",
    };

    private static string Number(double number) =>
        double.IsInteger(number) && Math.Abs(number) < 1e21
            ? number.ToString("F0", CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
}
