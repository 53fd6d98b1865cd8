using Postern.AuthorizationServer;

namespace Postern.CasdoorApi;

/// <summary>The settings of Casdoor's API.</summary>
public record CasdoorApiOptions : AuthorizationServerOptions
{
    /// <summary>Where uploaded files stand; nodes of one installation share it.</summary>
    public string ResourceDirectory { get; init; } = "data/resources";

    /// <summary>The largest file that may be uploaded, in MB (1,048,576 bytes).</summary>
    public int ResourceMegabytes { get; init; } = 10;

    /// <summary>What the files of one user may take together, in MB.</summary>
    public int ResourceQuotaMegabytes { get; init; } = 200;
}
