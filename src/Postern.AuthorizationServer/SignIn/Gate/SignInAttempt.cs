using Postern.AuthorizationServer.Http;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>A sign-in, or an action that continues one: the user, the application, and the method.</summary>
/// <param name="Application">To which.</param>
/// <param name="User">The user whose identity was proved.</param>
/// <param name="Address">Where the request comes from, for the record.</param>
/// <param name="Path">Of the request, for the record.</param>
public sealed record SignInAttempt(Application Application, User User, string Address, string Path)
{
    /// <summary>Of the request, for the record.</summary>
    public string Method { get; init; } = HttpMethods.Post;

    /// <summary>The address that the user is at; null where a client's server speaks for the user and it is not known.</summary>
    public string? UserAddress { get; init; }

    /// <summary>Whether the user was authenticated by a password, now or when the session or grant began.</summary>
    public bool IsByPassword { get; init; }

    /// <summary>An attempt that continues the browser's session.</summary>
    public static SignInAttempt Of(HttpContext context, Application application, FoundSession session) =>
        new(application, session.User, context.PeerAddress(), context.Request.Path)
        {
            Method = context.Request.Method,
            UserAddress = context.PeerAddress(),
            IsByPassword = NamesPassword(session.Amr),
        };

    /// <summary>Whether the values of <c>amr</c> (RFC 8176) name a password.</summary>
    public static bool NamesPassword(string amr) => amr.Split(' ').Contains(Sessions.PasswordMethod, StringComparer.Ordinal);

    /// <summary>
    /// The address of the user of a request at the token endpoint: the caller's, unless the client proved its secret. Then the caller is the
    /// client's server, and the address is the one that the user signed in from, where it is known.
    /// </summary>
    public static string? UserAddressOf(bool isServer, string callerAddress, string knownAddress) =>
        !isServer ? callerAddress : knownAddress.Length > 0 ? knownAddress : null;
}
