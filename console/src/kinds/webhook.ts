import { type ObjectData, textOf } from '../api/kindPaths';
import type { Kind } from './kind';
import { enabling, nameField } from './parts';

// A webhook of the built-in organization can receive the events of all organizations.
const isOfAll = (object: ObjectData) => ['built-in', 'admin', ''].includes(textOf(object['organization']));

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
  fresh: (organization) => ({
    organization,
    method: 'POST',
    contentType: 'application/json',
    events: ['signup', 'login'],
    isEnabled: true,
    maxRetries: 3,
    retryInterval: 60,
    useExponentialBackoff: true,
  }),
  groups: [
    {
      name: 'about',
      fields: [
        nameField,
        { name: 'organization', type: 'picker', of: 'organization' },
        { name: 'url', isRequired: true, pattern: /^https?:\/\/\S+$/ },
        {
          name: 'events',
          type: 'tags',
          options: [
            'signup',
            'login',
            'logout',
            'refresh-token',
            'add-user',
            'update-user',
            'delete-user',
            'set-password',
            'sign-out-user',
            'bind-identity',
            'unbind-identity',
          ],
        },
        { name: 'singleOrgOnly', type: 'switch', when: isOfAll },
        { name: 'isEnabled', type: 'switch' },
      ],
    },
    {
      name: 'message',
      fields: [
        { name: 'method', type: 'select', options: ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'] },
        { name: 'contentType', type: 'select', options: ['application/json', 'application/x-www-form-urlencoded'] },
        { name: 'headers', type: 'json' },
        { name: 'isUserExtended', type: 'switch' },
        { name: 'tokenFields', type: 'tags', when: (object) => object['isUserExtended'] === true },
        { name: 'objectFields', type: 'tags' },
      ],
    },
    {
      name: 'retries',
      fields: [
        { name: 'maxRetries', type: 'number' },
        { name: 'retryInterval', type: 'number' },
        { name: 'useExponentialBackoff', type: 'switch' },
      ],
    },
  ],
  panels: [{ name: 'deliveries', component: 'deliveries' }],
};
