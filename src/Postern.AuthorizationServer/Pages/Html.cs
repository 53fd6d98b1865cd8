using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Postern.AuthorizationServer.Pages;

/// <summary>
/// Markup. It is made from interpolated strings whose values are encoded, unless they are markup themselves, so that text
/// from outside cannot become markup.
/// </summary>
public sealed class Html
{
    public static readonly Html Empty = new("");

    private readonly string markup;

    private Html(string markup) => this.markup = markup;

    public static Html Of(HtmlInterpolation interpolation) => new(interpolation.Markup);

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(p => p.markup)));

    public override string ToString() => markup;
}

/// <summary>What the compiler makes of an interpolated string that shall become markup.</summary>
[InterpolatedStringHandler]
public readonly ref struct HtmlInterpolation
{
    // Chinese is written as it is: a page stays readable in its source.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(new TextEncoderSettings(UnicodeRanges.All));
    private readonly StringBuilder markup;

    public HtmlInterpolation(int literalLength, int formattedCount) => markup = new StringBuilder(literalLength + (formattedCount * 24));

    public string Markup => markup.ToString();

    public void AppendLiteral(string value) => markup.Append(value);

    public void AppendFormatted(Html value) => markup.Append(value);

    public void AppendFormatted(string? value) => markup.Append(value is null ? "" : Encoder.Encode(value));

    public void AppendFormatted(long value) => markup.Append(value);
}
