import { textOf } from '../api/kindPaths';
import type { Kind } from './kind';

export const session: Kind = {
  name: 'session',
  plural: 'sessions',
  schema: 'Session',
  section: 'applications',
  owner: 'organization',
  isMadeByServer: true,
  isFixed: true,
  deleting: 'session',
  idOf: (object) => `${String(object.owner)}/${String(object.name)}/${textOf(object['application'])}`,
  columns: [
    { name: 'name', search: 'anywhere' },
    { name: 'owner' },
    { name: 'application' },
    { name: 'createdTime', type: 'time' },
    { name: 'sessionId', type: 'tags' },
  ],
  groups: [
    {
      name: 'about',
      fields: [
        { name: 'owner', isReadOnly: true },
        { name: 'name', isReadOnly: true },
        { name: 'application', isReadOnly: true },
        { name: 'createdTime', type: 'time', isReadOnly: true },
        { name: 'sessionId', type: 'tags', isReadOnly: true },
      ],
    },
  ],
};
