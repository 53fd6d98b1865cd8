import type { Kind } from './kind';

export const token: Kind = {
  name: 'token',
  plural: 'tokens',
  schema: 'Token',
  section: 'applications',
  owner: 'admin',
  isMadeByServer: true,
  isFixed: true,
  deleting: 'token',
  columns: [
    { name: 'createdTime', type: 'time', isSorted: true },
    { name: 'application', search: 'anywhere' },
    { name: 'organization' },
    { name: 'user', search: 'anywhere' },
    { name: 'grantType' },
    { name: 'scope' },
    { name: 'expiresIn', type: 'number' },
    { name: 'name', isHidden: true },
  ],
  groups: [
    {
      name: 'about',
      fields: [
        { name: 'name', isReadOnly: true, isCopied: true },
        { name: 'createdTime', type: 'time', isReadOnly: true },
        { name: 'application', isReadOnly: true },
        { name: 'organization', isReadOnly: true },
        { name: 'user', isReadOnly: true },
        { name: 'grantType', isReadOnly: true },
        { name: 'scope', isReadOnly: true },
        { name: 'resource', isReadOnly: true },
        { name: 'expiresIn', type: 'number', isReadOnly: true },
        { name: 'dPoPJkt', isReadOnly: true },
      ],
    },
  ],
};
