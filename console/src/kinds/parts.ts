import type { BulkChange, Field, Group } from './kind';

/** An object's own name: a part of its address. */
export const nameField: Field = { name: 'name', isRequired: true, pattern: /^[^/\s]+$/ };

/** Whom a role or a permission is for. */
export const members: Group = {
  name: 'members',
  fields: [
    { name: 'users', type: 'pickers', of: 'user', isFullId: true },
    { name: 'groups', type: 'pickers', of: 'group', isFullId: true },
    { name: 'roles', type: 'pickers', of: 'role', isFullId: true },
    { name: 'domains', type: 'tags' },
  ],
};

/** For kinds whose objects can be switched off. */
export const enabling: readonly BulkChange[] = [
  { name: 'enable', change: { isEnabled: true } },
  { name: 'disable', change: { isEnabled: false } },
];
