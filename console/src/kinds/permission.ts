import type { Kind } from './kind';
import { enabling, members, nameField } from './parts';

export const permission: Kind = {
  name: 'permission',
  plural: 'permissions',
  schema: 'Permission',
  section: 'access',
  owner: 'organization',
  columns: [
    { name: 'name', isSorted: true, search: 'anywhere' },
    { name: 'displayName', isSorted: true, search: 'anywhere' },
    { name: 'resources', type: 'tags' },
    { name: 'actions', type: 'tags' },
    { name: 'effect', options: ['Allow', 'Deny'] },
    { name: 'isEnabled', type: 'bool' },
    { name: 'state', isHidden: true },
    { name: 'createdTime', type: 'time', isSorted: true },
  ],
  bulk: enabling,
  fresh: () => ({ isEnabled: true, effect: 'Allow', resourceType: 'Custom', actions: ['Read'], state: 'Approved' }),
  groups: [
    {
      name: 'about',
      fields: [nameField, { name: 'displayName' }, { name: 'description', type: 'area' }, { name: 'isEnabled', type: 'switch' }],
    },
    members,
    {
      name: 'rule',
      fields: [
        { name: 'model', type: 'picker', of: 'model', isFullId: true },
        { name: 'adapter', type: 'picker', of: 'adapter', isFullId: true },
        { name: 'resourceType', type: 'select', options: ['Application', 'TreeNode', 'Custom'] },
        { name: 'resources', type: 'tags' },
        { name: 'actions', type: 'tags' },
        { name: 'effect', type: 'select', options: ['Allow', 'Deny'] },
        { name: 'expireTime' },
      ],
    },
    {
      name: 'approval',
      fields: [
        { name: 'state', type: 'select', options: ['Approved', 'Pending'] },
        { name: 'submitter', isReadOnly: true },
        { name: 'approver', isReadOnly: true },
        { name: 'approveTime', type: 'time', isReadOnly: true },
      ],
    },
  ],
};
