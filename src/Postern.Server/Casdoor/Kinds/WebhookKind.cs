using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Webhook (contract 4.8): who is told of what happens.</summary>
internal static class WebhookKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("webhook", "webhooks", "Webhook",
            """
            owner S, name S, createdTime S, organization S, url S, method S, contentType S, headers Header[], events S[],
            tokenFields S[], objectFields S[], isUserExtended B, singleOrgOnly B, isEnabled B, maxRetries I, retryInterval I,
            useExponentialBackoff B
            """);
}
