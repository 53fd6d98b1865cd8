// A library that parses every answer as JSON, the revocation's too.
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2';
import { browse, same } from './stage.mjs';

const configuration = ({ issuer, clientId, clientSecret }) => ({
  client: { id: clientId, secret: clientSecret },
  auth: {
    tokenHost: issuer,
    tokenPath: '/api/login/oauth/access_token',
    revokePath: '/api/login/oauth/revoke',
  },
});

export async function code(settings) {
  const { client: credentials, auth } = configuration(settings);
  const client = new AuthorizationCode({ client: credentials, auth: { ...auth, authorizePath: '/login/oauth/authorize' } });
  const back = await browse(client.authorizeURL({ redirect_uri: settings.redirectUri, scope: 'openid offline_access', state: 's-1' }));
  const tokens = await client.getToken({ code: back.searchParams.get('code'), redirect_uri: settings.redirectUri });
  const fresh = await tokens.refresh();
  same(fresh.token.token_type, 'Bearer', 'the type of the new token');
  await fresh.revokeAll();
  const answer = await fetch(settings.issuer + '/api/userinfo', { headers: { authorization: 'Bearer ' + fresh.token.access_token } });
  same(answer.status, 401, 'the status of userinfo after the revocation');
  const own = await new ClientCredentials(configuration(settings)).getToken({});
  same(own.token.token_type, 'Bearer', "the type of the application's own token");
}
