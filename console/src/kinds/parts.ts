import type { BulkChange, Field, Group } from './kind';

/** The name of an object, which is a part of its address. */
export const nameField: Field = { name: 'name', isRequired: true, pattern: /^[^/\s]+$/ };

/** The members of a role or a permission. */
export const members: Group = {
  name: 'members',
  fields: [
    { name: 'users', type: 'pickers', of: 'user', isFullId: true },
    { name: 'groups', type: 'pickers', of: 'group', isFullId: true },
    { name: 'roles', type: 'pickers', of: 'role', isFullId: true },
    { name: 'domains', type: 'tags' },
  ],
};

/** For kinds whose objects can be disabled. */
export const enabling: readonly BulkChange[] = [
  { name: 'enable', change: { isEnabled: true } },
  { name: 'disable', change: { isEnabled: false } },
];
