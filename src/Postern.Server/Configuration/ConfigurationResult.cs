using System.Diagnostics.CodeAnalysis;

namespace Postern.Server.Configuration;

/// <summary>Either the settings, or the one sentence that says why there are none.</summary>
public sealed record ConfigurationResult
{
    private ConfigurationResult(PosternOptions? options, string? refusal) => (Options, Refusal) = (options, refusal);

    public PosternOptions? Options { get; }

    public string? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Options))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsAccepted => Options is not null;

    public static ConfigurationResult Accepted(PosternOptions options) => new(options, null);

    public static ConfigurationResult Refused(string sentence) => new(null, sentence);
}
