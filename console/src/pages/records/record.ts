import type { Listed } from '../../kinds/kind';

/** A record of the audit trail. */
export const record: Listed = {
  name: 'record',
  columns: [
    { name: 'createdTime', type: 'time', isSorted: true, search: 'anywhere' },
    { name: 'organization' },
    { name: 'user', search: 'anywhere' },
    { name: 'action', isSorted: true, search: 'anywhere' },
    { name: 'target', search: 'anywhere' },
    { name: 'verdict', search: 'anywhere', options: ['ok', 'refused', 'denied'] },
    { name: 'clientIp', search: 'anywhere' },
    { name: 'detail', isHidden: true },
    { name: 'requestUri', isHidden: true, search: 'anywhere' },
    { name: 'statusCode', type: 'number', isHidden: true },
  ],
};
