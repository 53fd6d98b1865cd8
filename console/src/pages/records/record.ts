import type { Kind } from '../../kinds/kind';

/** A line of the audit trail: nobody adds, changes or deletes one. */
export const record: Kind = {
  name: 'record',
  plural: 'records',
  schema: 'Record',
  section: 'log',
  owner: 'organization',
  isMadeByServer: true,
  isFixed: true,
  groups: [],
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
