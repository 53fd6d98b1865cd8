import type { Kind } from './kind';
import { nameField } from './parts';

export const group: Kind = {
  name: 'group',
  plural: 'groups',
  schema: 'Group',
  section: 'people',
  owner: 'organization',
  columns: [
    { name: 'name', isSorted: true, search: 'anywhere' },
    { name: 'displayName', isSorted: true, search: 'anywhere' },
    { name: 'parentId' },
    { name: 'parentName' },
    { name: 'type' },
    { name: 'createdTime', type: 'time', isSorted: true },
    { name: 'isEnabled', type: 'bool' },
  ],
  fresh: (organization) => ({ type: 'Virtual', isTopGroup: true, parentId: organization, isEnabled: true }),
  groups: [
    {
      name: 'about',
      fields: [
        nameField,
        { name: 'displayName', isRequired: true },
        { name: 'type', type: 'select', options: ['Virtual', 'Physical'] },
        { name: 'parentId' },
        { name: 'isTopGroup', type: 'switch' },
        { name: 'manager' },
        { name: 'contactEmail' },
        { name: 'isEnabled', type: 'switch' },
      ],
    },
  ],
  panels: [{ name: 'members', component: 'groupMembers' }],
};
