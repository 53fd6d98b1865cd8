using System.Text.Json.Nodes;

namespace Postern.Protocol;

/// <summary>What an end user or administrator reads, in both languages.</summary>
public sealed record LocalizedText(string English, string Chinese)
{
    public static readonly LocalizedText None = new("", "");

    public string In(Language language) => language == Language.Chinese ? Chinese : English;

    /// <summary>Both, for a reader whose language the answer does not know.</summary>
    public JsonObject ToJson() => new() { ["en"] = English, ["zh"] = Chinese };
}

public enum Language
{
    English,
    Chinese,
}
