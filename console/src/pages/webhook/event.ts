import type { Listed } from '../../kinds/kind';

export const states = ['Pending', 'Retrying', 'Failed', 'Success'] as const;

/** An event of a webhook and its delivery. The server writes events; the page of the webhook lists them. */
export const webhookEvent: Listed = {
  name: 'webhookEvent',
  columns: [
    { name: 'createdTime', type: 'time' },
    { name: 'eventType' },
    { name: 'state', options: states },
    { name: 'attemptCount', type: 'number' },
    { name: 'lastError' },
    { name: 'nextRetryTime', type: 'time' },
  ],
};
