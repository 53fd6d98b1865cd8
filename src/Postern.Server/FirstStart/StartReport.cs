namespace Postern.Server.FirstStart;

/// <summary>What the start made and found: for the banner and the log.</summary>
public sealed class StartReport
{
    /// <summary>The master key file, where this start made it.</summary>
    public string? MadeMasterKeyFile { get; internal set; }

    /// <summary>The administrator's password, where this start made the administrator.</summary>
    public AdminPassword? MadeAdministrator { get; internal set; }

    /// <summary>The demo application's client id, where there is one.</summary>
    public string? DemoClientId { get; internal set; }

    /// <summary>Sentences for the operator that do not stop the start.</summary>
    public IList<string> Warnings { get; } = [];
}
