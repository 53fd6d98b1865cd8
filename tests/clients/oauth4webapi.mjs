import * as oauth from 'oauth4webapi';
import { approveDevice, browse, passTime, refused, same } from './stage.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };

async function discover({ issuer, clientId, clientSecret }, authentication) {
  const url = new URL(issuer);
  const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm: 'oidc', ...insecure }));
  const as2 = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure }));
  same(JSON.stringify(as2), JSON.stringify(as), 'the document of RFC 8414');
  return { as, client: { client_id: clientId }, auth: authentication ?? oauth.ClientSecretPost(clientSecret) };
}

async function signIn({ as, client, auth }, settings, { pushed = false, ...options } = {}) {
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
  let parameters = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: settings.redirectUri,
    response_type: 'code',
    scope: 'openid profile email offline_access',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  if (pushed) {
    const response = await oauth.pushedAuthorizationRequest(as, client, auth, parameters, insecure);
    const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, response);
    parameters = new URLSearchParams({ client_id: client.client_id, request_uri });
  }
  const back = await browse(`${as.authorization_endpoint}?${parameters}`);
  const checked = oauth.validateAuthResponse(as, client, back, state);
  const request = async () => {
    const response = await oauth.authorizationCodeGrantRequest(as, client, auth, checked, settings.redirectUri, verifier, { ...insecure, ...options });
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response, insecure);
    return tokens;
  };
  // A server may want its nonce in the proof; then the same request goes once more with it.
  return await request().catch((e) => (oauth.isDPoPNonceError(e) ? request() : Promise.reject(e)));
}

const refresh = async ({ as, client, auth }, token, options) =>
  await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, auth, token, { ...insecure, ...options }));

const introspect = async ({ as, client, auth }, token) =>
  await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, token, insecure));

const userInfo = async ({ as, client }, token, sub, options) =>
  await oauth.processUserInfoResponse(as, client, sub, await oauth.userInfoRequest(as, client, token, { ...insecure, ...options }));

export async function code(settings) {
  const server = await discover(settings);
  const tokens = await signIn(server, settings);
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  same((await userInfo(server, tokens.access_token, sub)).email, settings.email, 'the e-mail address');

  const fresh = await refresh(server, tokens.refresh_token);
  same(oauth.getValidatedIdTokenClaims(fresh).sub, sub, 'sub after the refresh');
  const active = await introspect(server, fresh.access_token);
  same(active.active, true, 'active');
  same(active.sub, sub, 'sub of the introspection');

  const leave = new URL(server.as.end_session_endpoint);
  leave.search = new URLSearchParams({ id_token_hint: fresh.id_token, post_logout_redirect_uri: settings.signedOutUri, state: 'bye' });
  same((await browse(leave)).href, settings.signedOutUri + '?state=bye', 'the address after the sign-out');
  same((await introspect(server, fresh.access_token)).active, false, 'active after the sign-out');
}

export async function revoke(settings) {
  const server = await discover(settings);
  const { as, client, auth } = server;
  const tokens = await signIn(server, settings);
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, tokens.refresh_token, insecure));
  same((await introspect(server, tokens.access_token)).active, false, 'active after the revocation');
  await refused(refresh(server, tokens.refresh_token), 'invalid_grant');
}

export async function publicClient(settings) {
  const server = await discover(settings, oauth.None());
  const tokens = await signIn(server, settings);
  const fresh = await refresh(server, tokens.refresh_token);
  same(oauth.getValidatedIdTokenClaims(fresh).sub, oauth.getValidatedIdTokenClaims(tokens).sub, 'sub after the refresh');
}

export async function pushed(settings) {
  await signIn(await discover(settings), settings, { pushed: true });
}

export async function dpop(settings) {
  const server = await discover(settings);
  const DPoP = oauth.DPoP(server.client, await oauth.generateKeyPair('ES256'));
  const tokens = await signIn(server, settings, { DPoP });
  same(tokens.token_type, 'dpop', 'token_type');
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  await userInfo(server, tokens.access_token, sub, { DPoP });
  const bearer = await fetch(server.as.userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  same(bearer.status, 401, 'the status without a proof');
  const fresh = await refresh(server, tokens.refresh_token, { DPoP });
  await userInfo(server, fresh.access_token, sub, { DPoP });
}

export async function device(settings) {
  const { as, client, auth } = await discover(settings, oauth.None());
  const started = await oauth.processDeviceAuthorizationResponse(
    as,
    client,
    await oauth.deviceAuthorizationRequest(as, client, auth, new URLSearchParams({ scope: 'openid profile' }), insecure),
  );
  const poll = async () =>
    await oauth.processDeviceCodeResponse(as, client, await oauth.deviceCodeGrantRequest(as, client, auth, started.device_code, insecure));
  await refused(poll(), 'authorization_pending');
  await refused(poll(), 'slow_down');
  await approveDevice(started.verification_uri_complete);
  await refused(poll(), 'slow_down');
  await passTime(20);
  // The server's clock is ahead of ours from here on.
  client[oauth.clockSkew] = 20;
  same(typeof (await poll()).refresh_token, 'string', 'a refresh token');
}

export async function privateKeyJwt(settings) {
  const key = await crypto.subtle.importKey('jwk', settings.privateJwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const server = await discover(settings, oauth.PrivateKeyJwt({ key, kid: settings.privateJwk.kid }));
  const { as, client, auth } = server;
  const tokens = await oauth.processClientCredentialsResponse(
    as,
    client,
    await oauth.clientCredentialsGrantRequest(as, client, auth, new URLSearchParams(), insecure),
  );
  same((await introspect(server, tokens.access_token)).active, true, 'active');
}
