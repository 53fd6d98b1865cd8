namespace Postern.Storage.Tables;

/// <summary>What an application's credentials open beside the token endpoint.</summary>
public static class ApiAccess
{
    public const string None = "none";

    /// <summary>Its own organization; of an application of <c>built-in</c>, all.</summary>
    public const string Organization = "organization";

    /// <summary>All organizations, as the credentials of an application of <c>built-in</c> do.</summary>
    public const string Installation = "installation";
}
