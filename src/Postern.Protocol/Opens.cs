namespace Postern.Protocol;

/// <summary>What an access token opens of our own API, from nothing to everything that its subject may do. Each opens also what the ones before it open.</summary>
public enum Opens
{
    /// <summary>It is for another API (RFC 8707 §2).</summary>
    Nothing = 0,

    UserInfo = 1,

    /// <summary>GET and HEAD of the object API.</summary>
    Reads = 2,

    Everything = 3,
}
