using System.Text.Json.Nodes;

namespace Postern.Protocol;

/// <summary>What an end user or administrator reads, in both languages.</summary>
public sealed record LocalizedText(string English, string Chinese)
{
    public static readonly LocalizedText None = new("", "");

    public string In(Language language) => language == Language.Chinese ? Chinese : English;

    /// <summary>English: for logs, records and messages of exceptions.</summary>
    public override string ToString() => English;

    /// <summary>Both languages, for an answer that does not know the reader's language.</summary>
    public JsonObject ToJson() => new() { ["en"] = English, ["zh"] = Chinese };
}

public enum Language
{
    English,
    Chinese,
}
