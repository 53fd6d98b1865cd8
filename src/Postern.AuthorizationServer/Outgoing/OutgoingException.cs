namespace Postern.AuthorizationServer.Outgoing;

/// <summary>A call of an address that others gave did not succeed. The message names no address.</summary>
/// <param name="reason">One of <see cref="OutgoingReasons"/>.</param>
/// <param name="message">What happened.</param>
/// <param name="error">The kind of failure, as the framework names it.</param>
/// <param name="inner">What the framework said.</param>
public sealed class OutgoingException(string reason, string message, HttpRequestError error = HttpRequestError.Unknown, Exception? inner = null)
    : HttpRequestException(error, message, inner)
{
    /// <summary>Stable, for programs.</summary>
    public string Reason { get; } = reason;
}

/// <summary>Why a call did not succeed.</summary>
public static class OutgoingReasons
{
    /// <summary>Neither https nor allowed by the setting <c>allowPrivateTargets</c>.</summary>
    public const string AddressNotAllowed = "address_not_allowed";

    /// <summary>The name has no public address, and <c>allowPrivateTargets</c> is off.</summary>
    public const string PrivateAddress = "private_address";

    public const string Timeout = "timeout";

    /// <summary>No connection, an invalid certificate, or a connection that was cut.</summary>
    public const string Unreachable = "unreachable";

    public const string TooLarge = "too_large";
}
