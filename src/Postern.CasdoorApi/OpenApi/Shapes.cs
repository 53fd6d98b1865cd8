using Postern.Directory.Objects;

namespace Postern.CasdoorApi.OpenApi;

/// <summary>What routes beside those of the kinds take and answer, by name. A property whose name ends with <c>?</c> may be absent.</summary>
internal static class Shapes
{
    /// <summary>Those of <see cref="Others"/> that a body sends: their texts have a maxLength.</summary>
    public static IReadOnlyList<string> Bodies { get; } = ["AuthForm", "ConsentChange", "IdentityToBind", "MessageText", "PolicyFilter", "PolicyRule", "UnlinkForm"];

    public static IReadOnlyDictionary<string, ObjectShape> Others { get; } = new Dictionary<string, ObjectShape>
    {
        ["AddressClaim"] = new("formatted S, street_address? S, locality? S, region? S, postal_code? S, country? S"),
        ["AuthForm"] = new(
            """
            type S, application? S, clientId? S, organization? S, username? S, password? S, autoSignin? B, userCode? S
            """),
        ["ClientMetadata"] = new(
            """
            redirect_uris S[]!, client_name? S, token_endpoint_auth_method? S, grant_types? S[]!, response_types? S[]!, subject_type? S, id_token_signed_response_alg? S, scope? S,
            client_uri? S, logo_uri? S, policy_uri? S, tos_uri? S, jwks_uri? S, jwks? O!
            """),
        ["ClientRegistration"] = new(
            """
            client_id S, registration_client_uri S, registration_access_token? S, client_id_issued_at? I, client_secret? S,
            client_secret_expires_at? I, client_name S, redirect_uris S[]!, token_endpoint_auth_method S, grant_types S[]!,
            response_types S[]!, subject_type S, id_token_signed_response_alg S, scope? S, client_uri? S, logo_uri? S, policy_uri? S, tos_uri? S, jwks_uri? S, jwks? O!
            """),
        ["Confirmation"] = new("jkt S"),
        ["ConsentChange"] = new("application S, grantedScopes? S[]!, scopes? S[]!"),
        ["ConsentNeeded"] = new("required B"),
        ["DeviceAuthorization"] = new("device_code S, user_code S, verification_uri S, verification_uri_complete S, expires_in I, interval I"),
        ["Diagnosis"] = new("provider S, checkedTime S, checks DiagnosisCheck[]!"),
        ["ApplicationDiagnosis"] = new("application S, checkedTime S, checks DiagnosisCheck[]!"),
        ["DiagnosisCheck"] = new("name S, state S, code I, value S, sentence Sentence!, remedy Sentence"),
        ["FlarumUser"] = new("id S, name S, email S, email_verified_at S|null, created_at S, updated_at S"),
        ["IdentityToBind"] = new("code? S, appid? S, bindingTicket? S, clientId? S, proof? AccountProof!"),
        ["AccountProof"] = new("password? S, code? S, appid? S"),
        ["OwnIdentities"] = new("identities OwnIdentity[]!, hasPassword B"),
        ["OwnIdentity"] = new("id S, kind S, provider S, displayName S, appId S, identifier S, createdTime S, lastUsedTime S, canUnbind B"),
        ["UnlinkForm"] = new("providerType S, user UserFields!"),
        ["Introspection"] = new(
            """
            active B, scope? S, client_id? S, username? S, token_type? S, exp? I, iat? I, nbf? I, sub? S, aud? S[]!, iss? S, jti? S,
            cnf? Confirmation!
            """),
        ["MessageText"] = new("text S"),
        ["OfflineGrants"] = new("offlineGrants I"),
        ["OrderedProducts"] = new("productInfos ProductInfo[]"),
        ["OrganizationName"] = new("name S, displayName S"),
        ["PolicyFilter"] = new("ptype? S, fieldIndex? I, fieldValues? S[]!"),
        ["PolicyRule"] = new("Id? I, Ptype S, V0? S, V1? S, V2? S, V3? S, V4? S, V5? S"),
        ["ProtectedResource"] = new(
            """
            resource S, authorization_servers S[]!, bearer_methods_supported S[]!, scopes_supported S[]!,
            dpop_signing_alg_values_supported S[]!, dpop_bound_access_tokens_required B
            """),
        ["PushedRequest"] = new("request_uri S, expires_in I"),
        ["Record"] = RecordFields.Shape,
        ["Sentence"] = new("en S, zh S"),
        ["FailureCount"] = new("reason S, count I, meaning Sentence!"),
        ["RefusalCount"] = new("clientId S, application S, displayName S, reason S, count I, last S"),
        ["TokenCount"] = new("grantType S, count I"),
        ["DoorCount"] = new("time S, door S, count I"),
        ["SlowMinute"] = new("time S, slow I, failed I, worstMilliseconds I"),
        ["SignOutNotices"] = new("waiting I, late I"),
        ["QueryCredentialUser"] = new("owner S, name S, displayName S, since S, last S"),
        ["Storage"] = new("database I, files I"),
        ["WeChatHealth"] = new("calls I, slow I, failed I, slowMinutes SlowMinute[]!"),
        ["Statistics"] = new(
            """
            range S, from S, to S, step S, steps S[]!, signIns DoorCount[]!, newUsers DoorCount[]!, failures FailureCount[]!, refusals RefusalCount[]!,
            tokens TokenCount[]!,
            webhooks WebhookHealth!, credentialsInQuery QueryCredentialUser[]!, weChat WeChatHealth, signOutNotices SignOutNotices, storage Storage, users I, applications I
            """),
        ["SystemInfo"] = new("cpuUsage F[]!, memoryUsed I, memoryTotal I"),
        ["UserActivity"] = new("identities UserIdentity[]!, sessions UserSession[]!, applications UserApplication[]!, signIns UserSignIn[]!"),
        ["UserApplication"] = new("clientId S, name S, displayName S, since S, last S"),
        ["UserIdentity"] = new("kind S, issuer S, subject S, provider S, createdTime S"),
        ["UserSession"] = new("id S, createdTime S, expiresTime S"),
        ["UserSignIn"] = new("time S, action S, clientIp S, verdict S, detail S"),
        ["UserInfo"] = new(
            """
            sub S, iss S, aud S, name? S, given_name? S, family_name? S, preferred_username? S, picture? S, website? S, gender? S, birthdate? S,
            zoneinfo? S, locale? S, updated_at? I, email? S, email_verified? B, phone_number? S, phone_number_verified? B, address? AddressClaim!,
            groups? S[]!, roles? S[]!, permissions? S[]!, real_name? S, phone? S
            """),
        ["VersionInfo"] = new("version S, commitId S, commitOffset I"),
        ["WebhookAddress"] = new("owner S, name S"),
        ["WebhookEvent"] = new(
            """
            owner S, name S, createdTime S, updatedTime S, webhook S, organization S, eventType S, state S, payload S, extendedUser S, attemptCount I,
            maxRetries I, nextRetryTime S, lastStatusCode I, lastResponse S, lastError S, lastErrorCode S
            """),
        ["WebhookHealth"] = new("delivered I, failed I, waiting I, troubled WebhookAddress[]!"),
        ["WebFinger"] = new("subject S, links WebFingerLink[]!"),
        ["WebFingerLink"] = new("rel S, href S"),
    };
}
