import * as client from 'openid-client';
import { approveDevice, browse, passTime, refused, same } from './stage.mjs';

const discover = async ({ issuer, clientId, clientSecret }, authentication) => {
  const config = await client.discovery(new URL(issuer), clientId, {}, authentication ?? client.ClientSecretBasic(clientSecret), {
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  });
  same(config.serverMetadata().issuer, issuer, 'issuer');
  return config;
};

async function signIn(config, settings, { pushed = false, ...options } = {}) {
  const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  const parameters = {
    redirect_uri: settings.redirectUri,
    scope: 'openid profile email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  };
  const url = pushed ? await client.buildAuthorizationUrlWithPAR(config, parameters, options) : client.buildAuthorizationUrl(config, parameters);
  if (pushed) same(url.searchParams.has('code_challenge'), false, 'a pushed parameter in the address');
  const back = await browse(url);
  same(back.searchParams.get('iss'), settings.issuer, 'iss of the answer');
  const tokens = await client.authorizationCodeGrant(
    config,
    back,
    { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
    undefined,
    options,
  );
  same(tokens.claims().name, settings.displayName, 'the name in the id_token');
  return tokens;
}

export async function code(settings) {
  const config = await discover(settings);
  const tokens = await signIn(config, settings);
  const { sub } = tokens.claims();
  const person = await client.fetchUserInfo(config, tokens.access_token, sub);
  same(person.email, settings.email, 'the e-mail address');

  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
  same(fresh.claims().sub, sub, 'sub after the refresh');
  const active = await client.tokenIntrospection(config, fresh.access_token);
  same(active.active, true, 'active');
  same(active.client_id, settings.clientId, 'client_id of the introspection');

  const leave = client.buildEndSessionUrl(config, { id_token_hint: fresh.id_token, post_logout_redirect_uri: settings.signedOutUri, state: 'bye' });
  same((await browse(leave)).href, settings.signedOutUri + '?state=bye', 'the address after the sign-out');
  same((await client.tokenIntrospection(config, fresh.access_token)).active, false, 'active after the sign-out');
}

export async function revoke(settings) {
  const config = await discover(settings);
  const tokens = await signIn(config, settings);
  await client.tokenRevocation(config, tokens.refresh_token, { token_type_hint: 'refresh_token' });
  same((await client.tokenIntrospection(config, tokens.access_token)).active, false, 'active after the revocation');
  await refused(client.refreshTokenGrant(config, tokens.refresh_token), 'invalid_grant');
}

export async function publicClient(settings) {
  const config = await discover(settings, client.None());
  const tokens = await signIn(config, settings);
  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
  same(fresh.claims().sub, tokens.claims().sub, 'sub after the refresh');
}

export async function pushed(settings) {
  await signIn(await discover(settings), settings, { pushed: true });
}

export async function dpop(settings) {
  const config = await discover(settings);
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  const tokens = await signIn(config, settings, { DPoP });
  same(tokens.token_type, 'dpop', 'token_type');
  const { sub } = tokens.claims();
  await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
  // As a bearer token it opens nothing.
  const bearer = await fetch(config.serverMetadata().userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  same(bearer.status, 401, 'the status without a proof');
  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  await client.fetchUserInfo(config, fresh.access_token, sub, { DPoP });
}

export async function device(settings) {
  const config = await discover(settings, client.None());
  const started = await client.initiateDeviceAuthorization(config, { scope: 'openid profile' });
  // Impatient, so that it is told to slow down; from then on the library waits as it is told.
  const answers = [];
  config[client.customFetch] = async (...request) => {
    const response = await fetch(...request);
    answers.push((await response.clone().json()).error);
    if (answers.at(-1) === 'slow_down') {
      await approveDevice(started.verification_uri_complete);
      await passTime(15);
    }
    return response;
  };
  const tokens = await client.pollDeviceAuthorizationGrant(config, { ...started, interval: 0.1 });
  same(answers.includes('authorization_pending') && answers.includes('slow_down'), true, `told to wait and to slow down (${answers})`);
  same(typeof tokens.refresh_token, 'string', 'a refresh token');
}

export async function privateKeyJwt(settings) {
  const key = await crypto.subtle.importKey('jwk', settings.privateJwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const config = await discover(settings, client.PrivateKeyJwt({ key, kid: settings.privateJwk.kid }));
  const tokens = await client.clientCredentialsGrant(config);
  same((await client.tokenIntrospection(config, tokens.access_token)).active, true, 'active');
}
