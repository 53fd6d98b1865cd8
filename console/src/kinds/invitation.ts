import type { Kind } from './kind';
import { nameField } from './parts';

export const invitation: Kind = {
  name: 'invitation',
  plural: 'invitations',
  schema: 'Invitation',
  section: 'people',
  owner: 'organization',
  columns: [
    { name: 'name', isSorted: true, search: 'anywhere' },
    { name: 'displayName', isSorted: true, search: 'anywhere' },
    { name: 'code' },
    { name: 'quota', type: 'number' },
    { name: 'usedCount', type: 'number' },
    { name: 'application' },
    { name: 'state' },
    { name: 'createdTime', type: 'time', isSorted: true },
  ],
  fresh: () => ({ quota: 1, state: 'Active' }),
  groups: [
    {
      name: 'about',
      fields: [
        nameField,
        { name: 'displayName' },
        { name: 'code' },
        { name: 'isRegexp', type: 'switch' },
        { name: 'quota', type: 'number' },
        { name: 'usedCount', type: 'number', isReadOnly: true },
        { name: 'application', type: 'picker', of: 'application' },
        { name: 'signupGroup', type: 'picker', of: 'group' },
        { name: 'username' },
        { name: 'email' },
        { name: 'phone' },
        { name: 'state', type: 'select', options: ['Active', 'Suspended'] },
      ],
    },
  ],
};
