// The peer of the bench: client_credentials with JWT access tokens, kept in memory.
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const algorithms = { RS256: ['rsa', { modulusLength: 2048 }], ES256: ['ec', { namedCurve: 'P-256' }] };
const keys = Object.entries(algorithms).map(([alg, [type, options]]) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  alg,
  use: 'sig',
  kid: alg,
}));

const provider = new Provider('http://127.0.0.1', {
  jwks: { keys },
  clients: Object.keys(algorithms).map((alg) => ({
    client_id: `bench-${alg}`,
    client_secret: 'secret',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  })),
  ttl: { ClientCredentials: 7200 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        scope: 'read',
        audience: resource,
        accessTokenTTL: 7200,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: resource.slice('urn:'.length) } },
      }),
    },
  },
});

const server = provider.listen(0, '127.0.0.1', () => console.log(server.address().port));
