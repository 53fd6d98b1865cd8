import type { Kind } from './kind';

export const cert: Kind = {
  name: 'cert',
  plural: 'certs',
  schema: 'Cert',
  section: 'applications',
  owner: 'either',
  isFilteredByOwner: true,
  deleting: 'cert',
  columns: [
    { name: 'name', isSorted: true, search: 'prefix' },
    { name: 'displayName', isSorted: true, search: 'anywhere' },
    { name: 'owner', isSorted: true },
    { name: 'scope' },
    { name: 'cryptoAlgorithm', isSorted: true },
    { name: 'bitSize', type: 'number' },
    { name: 'expireInYears', type: 'number' },
    { name: 'createdTime', type: 'time', isSorted: true },
  ],
  fresh: () => ({ scope: 'JWT', type: 'x509', cryptoAlgorithm: 'ES256', bitSize: 256, expireInYears: 20 }),
  groups: [
    {
      name: 'about',
      fields: [
        { name: 'name', isRequired: true, isFixed: true, pattern: /^[^/\s]+$/ },
        { name: 'displayName' },
        { name: 'scope', type: 'select', options: ['JWT', 'SSL'] },
        { name: 'type', type: 'select', options: ['x509'], isFixed: true },
      ],
    },
    {
      name: 'key',
      fields: [
        { name: 'cryptoAlgorithm', type: 'select', isFixed: true, options: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'] },
        { name: 'bitSize', type: 'number', isFixed: true },
        { name: 'expireInYears', type: 'number', isFixed: true },
        { name: 'certificate', type: 'code', isFixed: true },
        { name: 'privateKey', type: 'secret', isFixed: true },
      ],
    },
  ],
};
