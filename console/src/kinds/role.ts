import type { Kind } from './kind';
import { enabling, members, nameField } from './parts';

export const role: Kind = {
  name: 'role',
  plural: 'roles',
  schema: 'Role',
  section: 'access',
  owner: 'organization',
  columns: [
    { name: 'name', isSorted: true, search: 'anywhere' },
    { name: 'displayName', isSorted: true, search: 'anywhere' },
    { name: 'users', type: 'tags' },
    { name: 'groups', type: 'tags' },
    { name: 'isEnabled', type: 'bool' },
    { name: 'createdTime', type: 'time', isSorted: true },
  ],
  bulk: enabling,
  fresh: () => ({ isEnabled: true }),
  groups: [
    {
      name: 'about',
      fields: [nameField, { name: 'displayName' }, { name: 'description', type: 'area' }, { name: 'isEnabled', type: 'switch' }],
    },
    members,
  ],
};
