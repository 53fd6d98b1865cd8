using Postern.Storage.Tables;

namespace Postern.Directory.Identities;

/// <summary>
/// The sender of this request controls an identity or an account: a verifier found it out, at this time, by this method. Accounts are bound,
/// unbound and merged by proofs alone, never by an openid, a unionid, a phone number or an address that a client sends. Only code that
/// verifies makes one (<c>ProofTests</c> has the list).
/// </summary>
/// <param name="VerifiedTime">Unix milliseconds.</param>
/// <param name="Method">A value of <see cref="ProofMethods"/>, for the record.</param>
public abstract record Proof(long VerifiedTime, string Method)
{
    /// <summary>How old a proof may be where it changes an account.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public bool IsRecent(DateTimeOffset now) => now.ToUnixTimeMilliseconds() - VerifiedTime <= (long)Lifetime.TotalMilliseconds;
}

/// <summary>The sender controls this WeChat identity.</summary>
public sealed record IdentityProof(WeChatIdentity Identity, string ProviderId, long VerifiedTime, string Method) : Proof(VerifiedTime, Method)
{
    /// <summary>The ticket that the proof was kept in; it is spent by the write that uses the proof. Null = the proof was made for this request.</summary>
    public BindingTicket? Ticket { get; init; }
}

/// <summary>The sender controls this user's account.</summary>
public sealed record AccountProof(string UserId, long VerifiedTime, string Method) : Proof(VerifiedTime, Method);

public static class ProofMethods
{
    /// <summary>A code of <c>wx.login()</c>.</summary>
    public const string WeChatCode = "wechat_code";

    /// <summary>A binding ticket, which was given for a code of <c>wx.login()</c>.</summary>
    public const string BindingTicket = "binding_ticket";

    public const string Password = "password";

    /// <summary>The sign-in of the session or token that the request carries.</summary>
    public const string SignIn = "sign_in";
}
