using System.Text.Json.Nodes;
using Postern.Protocol;

namespace Postern.CasdoorApi.Diagnosis;

/// <summary>How one thing that a Mini Program's sign-in needs was found.</summary>
internal enum CheckState
{
    Ok,

    /// <summary>Nobody can sign in like this, or not everybody.</summary>
    Wrong,

    /// <summary>It works, and will not please.</summary>
    Warning,

    /// <summary>It could not be found out.</summary>
    Unknown,

    /// <summary>It shows with the first sign-in.</summary>
    Waiting,
}

/// <param name="Name">What was looked at; the console's own words for it stand beside.</param>
/// <param name="State">How it was found.</param>
/// <param name="Found">What was found, in both languages.</param>
internal sealed record Check(string Name, CheckState State, LocalizedText Found)
{
    /// <summary>What to do about it, and where.</summary>
    public LocalizedText? Remedy { get; init; }

    /// <summary>WeChat's number; 0 = none.</summary>
    public int Code { get; init; }

    /// <summary>What it is about, for programs: an address, seconds, a name.</summary>
    public string Value { get; init; } = "";

    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["state"] = State switch
        {
            CheckState.Ok => "ok",
            CheckState.Wrong => "wrong",
            CheckState.Warning => "warning",
            CheckState.Waiting => "waiting",
            _ => "unknown",
        },
        ["code"] = Code,
        ["value"] = Value,
        ["sentence"] = Found.ToJson(),
        ["remedy"] = Remedy?.ToJson(),
    };
}
