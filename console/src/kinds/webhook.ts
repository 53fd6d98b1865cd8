import type { Kind } from './kind';
import { enabling, nameField } from './parts';

export const webhook: Kind = {
  name: 'webhook',
  plural: 'webhooks',
  schema: 'Webhook',
  section: 'log',
  owner: 'either',
  columns: [
    { name: 'name', isSorted: true, search: 'anywhere' },
    { name: 'organization' },
    { name: 'url' },
    { name: 'events', type: 'tags' },
    { name: 'isEnabled', type: 'bool' },
    { name: 'createdTime', type: 'time', isSorted: true },
  ],
  bulk: enabling,
  fresh: (organization) => ({ organization, method: 'POST', contentType: 'application/json', events: ['signup', 'login', 'logout', 'update-user'], isEnabled: true }),
  groups: [
    {
      name: 'about',
      fields: [
        nameField,
        { name: 'organization', type: 'picker', of: 'organization' },
        { name: 'url', isRequired: true, pattern: /^https?:\/\/\S+$/ },
        { name: 'method', type: 'select', options: ['POST', 'GET', 'PUT', 'DELETE'] },
        { name: 'contentType', type: 'select', options: ['application/json', 'application/x-www-form-urlencoded'] },
        { name: 'headers', type: 'json' },
        { name: 'events', type: 'tags' },
        { name: 'tokenFields', type: 'tags' },
        { name: 'isUserExtended', type: 'switch' },
        { name: 'singleOrgOnly', type: 'switch' },
        { name: 'isEnabled', type: 'switch' },
      ],
    },
  ],
};
