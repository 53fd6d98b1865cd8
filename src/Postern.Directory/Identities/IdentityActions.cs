namespace Postern.Directory.Identities;

/// <summary>The actions of records, and so of webhooks, about a user's identities.</summary>
public static class IdentityActions
{
    public const string Bind = "bind-identity";
    public const string Unbind = "unbind-identity";
}
