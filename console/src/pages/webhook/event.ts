import type { Kind } from '../../kinds/kind';

export const states = ['Pending', 'Retrying', 'Failed', 'Success'] as const;

/** What a webhook is told of. No kind of its own: it is written by what happens, and read on its webhook's page. */
export const webhookEvent: Kind = {
  name: 'webhookEvent',
  plural: 'webhook-events',
  schema: 'WebhookEvent',
  section: 'log',
  owner: 'either',
  columns: [
    { name: 'createdTime', type: 'time' },
    { name: 'eventType' },
    { name: 'state', options: states },
    { name: 'attemptCount', type: 'number' },
    { name: 'lastError' },
    { name: 'nextRetryTime', type: 'time' },
  ],
  groups: [],
};
