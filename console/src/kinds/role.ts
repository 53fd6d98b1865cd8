import type { Kind } from './kind';

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
  bulk: [
    { name: 'enable', change: { isEnabled: true } },
    { name: 'disable', change: { isEnabled: false } },
  ],
  fresh: () => ({ isEnabled: true }),
  groups: [
    {
      name: 'about',
      fields: [
        { name: 'name', isRequired: true, pattern: /^[^/\s]+$/ },
        { name: 'displayName' },
        { name: 'description', type: 'area' },
        { name: 'isEnabled', type: 'switch' },
      ],
    },
    {
      name: 'members',
      fields: [
        { name: 'users', type: 'pickers', of: 'user', isFullId: true },
        { name: 'groups', type: 'pickers', of: 'group', isFullId: true },
        { name: 'roles', type: 'pickers', of: 'role', isFullId: true },
        { name: 'domains', type: 'tags' },
      ],
    },
  ],
};
