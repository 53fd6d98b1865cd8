import type { ObjectData } from '../api/kindPaths';
import type { Kind } from './kind';
import { nameField } from './parts';

const isMiniProgram = (object: ObjectData) => object['type'] === 'WeChatMiniProgram';
const isOther = (object: ObjectData) => !isMiniProgram(object);

export const provider: Kind = {
  name: 'provider',
  plural: 'providers',
  schema: 'Provider',
  section: 'applications',
  owner: 'either',
  isFilteredByOwner: true,
  deleting: 'provider',
  columns: [
    { name: 'name', isSorted: true, search: 'prefix' },
    { name: 'displayName', isSorted: true, search: 'anywhere' },
    { name: 'owner', isSorted: true },
    { name: 'category', isSorted: true, search: 'anywhere' },
    { name: 'type', isSorted: true, search: 'anywhere' },
    { name: 'clientId', isSorted: true, search: 'anywhere' },
    { name: 'createdTime', type: 'time', isSorted: true },
  ],
  fresh: () => ({ category: 'OAuth', type: 'WeChatMiniProgram' }),
  groups: [
    {
      name: 'about',
      fields: [
        nameField,
        { name: 'displayName' },
        { name: 'category', type: 'select', options: ['OAuth', 'Captcha', 'Email', 'SMS', 'Storage', 'Payment', 'SAML', 'Web3', 'Notification'] },
        { name: 'type', isRequired: true },
      ],
    },
    {
      name: 'credentials',
      fields: [
        { name: 'clientId', isCopied: true },
        { name: 'clientSecret', type: 'secret' },
        { name: 'openPlatform', when: isMiniProgram },
        { name: 'clientId2', when: isOther },
        { name: 'clientSecret2', type: 'secret', when: isOther },
        { name: 'cert', type: 'picker', of: 'cert', when: isOther },
      ],
    },
    {
      name: 'addresses',
      fields: [
        { name: 'scopes', when: isOther },
        { name: 'customAuthUrl', when: isOther },
        { name: 'customTokenUrl', when: isOther },
        { name: 'customUserInfoUrl', when: isOther },
        { name: 'customLogo', type: 'image', when: isOther },
        { name: 'userMapping', type: 'json', when: isOther },
        { name: 'host', when: isOther },
        { name: 'port', type: 'number', when: isOther },
        { name: 'endpoint', when: isOther },
        { name: 'domain', when: isOther },
        { name: 'providerUrl', when: isOther },
      ],
    },
  ],
  panels: [{ name: 'diagnose', component: 'diagnosis', when: isMiniProgram }],
};
