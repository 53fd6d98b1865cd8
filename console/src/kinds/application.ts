import type { Kind } from './kind';
import { nameField } from './parts';

const isConfidential = (object: Record<string, unknown>) => object['tokenEndpointAuthMethod'] !== 'none';

const signsAssertions = (object: Record<string, unknown>) => object['tokenEndpointAuthMethod'] === 'private_key_jwt';

const apiAccess = ['none', 'organization', 'installation'];

export const application: Kind = {
  name: 'application',
  plural: 'applications',
  schema: 'Application',
  section: 'applications',
  owner: 'admin',
  deleting: 'application',
  columns: [
    { name: 'name', isSorted: true, search: 'prefix' },
    { name: 'displayName', isSorted: true, search: 'anywhere' },
    { name: 'organization', isSorted: true },
    { name: 'clientId', isSorted: true, search: 'anywhere' },
    { name: 'apiAccess', options: apiAccess, dangerous: 'installation' },
    { name: 'enableSignUp', type: 'bool' },
    { name: 'createdTime', type: 'time', isSorted: true },
    { name: 'tokenFormat', isHidden: true },
  ],
  fresh: (organization) => ({
    organization,
    apiAccess: 'organization',
    enablePassword: true,
    enableSignUp: true,
    expireInHours: 2,
    firstSigninPolicy: 'create',
    idTokenClaims: 'standard',
    refreshExpireInHours: 720,
    grantTypes: ['authorization_code', 'refresh_token'],
  }),
  groups: [
    {
      name: 'about',
      fields: [
        nameField,
        { name: 'displayName' },
        { name: 'organization', type: 'picker', of: 'organization', isRequired: true },
        { name: 'description' },
        { name: 'homepageUrl' },
      ],
    },
    {
      name: 'credentials',
      fields: [
        { name: 'clientId', isCopied: true },
        { name: 'clientSecret', type: 'clientSecret', when: isConfidential },
        { name: 'tokenEndpointAuthMethod', type: 'select', options: ['', 'none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] },
        { name: 'jwks', type: 'area', when: signsAssertions },
        { name: 'jwksUri', when: signsAssertions },
        { name: 'clientCert', type: 'picker', of: 'cert', when: signsAssertions },
        { name: 'securityProfile', type: 'select', options: ['', 'fapi2'] },
        { name: 'apiAccess', type: 'select', options: apiAccess, dangerous: 'installation' },
      ],
    },
    {
      name: 'signIn',
      fields: [
        { name: 'enablePassword', type: 'switch' },
        { name: 'enableSignUp', type: 'switch' },
        { name: 'firstSigninPolicy', type: 'select', options: ['create', 'login-only', 'must-bind', 'ask'] },
        { name: 'disableSignin', type: 'switch' },
        { name: 'isShared', type: 'switch', isGlobal: true },
        { name: 'providers', editor: 'providers' },
        { name: 'tags', type: 'tags' },
        { name: 'ipWhitelist' },
        { name: 'failedSigninLimit', type: 'number' },
        { name: 'failedSigninFrozenTime', type: 'number' },
      ],
    },
    {
      name: 'oauth',
      fields: [
        { name: 'redirectUris', type: 'tags' },
        {
          name: 'grantTypes',
          type: 'selects',
          options: [
            'authorization_code',
            'refresh_token',
            'client_credentials',
            'urn:ietf:params:oauth:grant-type:device_code',
            'urn:ietf:params:oauth:grant-type:token-exchange',
            'urn:ietf:params:oauth:grant-type:jwt-bearer',
            'password',
            'token',
            'id_token',
          ],
        },
        { name: 'backchannelLogoutUri' },
        { name: 'customScopes', type: 'json' },
        { name: 'scopes', type: 'json' },
      ],
    },
    {
      name: 'tokens',
      fields: [
        { name: 'expireInHours', type: 'number' },
        { name: 'refreshExpireInHours', type: 'number' },
        { name: 'cookieExpireInHours', type: 'number' },
        { name: 'tokenFormat', type: 'select', options: ['JWT', 'JWT-Empty', 'JWT-Custom', 'JWT-Standard'] },
        { name: 'idTokenClaims', type: 'select', options: ['standard', 'casdoor'] },
        { name: 'tokenSigningMethod', type: 'select', options: ['', 'RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512'] },
        { name: 'cert', type: 'picker', of: 'cert' },
        { name: 'tokenFields', type: 'tags', when: (o) => o['tokenFormat'] === 'JWT-Custom' },
        { name: 'tokenAttributes', type: 'json', when: (o) => o['tokenFormat'] === 'JWT-Custom' },
      ],
    },
    {
      name: 'look',
      fields: [{ name: 'title' }, { name: 'logo', type: 'image' }, { name: 'themeData', type: 'json' }],
    },
  ],
  panels: [{ name: 'diagnose', component: 'profile', when: (o) => o['securityProfile'] === 'fapi2' }],
};
