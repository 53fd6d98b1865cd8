using Postern.AuthorizationServer.Outgoing;

namespace Postern.CasdoorApi.Webhooks;

/// <summary>
/// Why a delivery was not taken, for programs (<c>lastErrorCode</c>): these, or where the receiver did not answer one of
/// <see cref="OutgoingReasons"/>.
/// </summary>
internal static class WebhookReasons
{
    /// <summary>The receiver answered with another status than 2xx.</summary>
    public const string Answered = "answered";

    public const string SwitchedOff = "switched_off";

    /// <summary>The record was deleted before the event was sent.</summary>
    public const string RecordGone = "record_gone";
}
