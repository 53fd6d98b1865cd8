import type { Kind } from './kind';

export const resource: Kind = {
  name: 'resource',
  plural: 'resources',
  schema: 'Resource',
  section: 'log',
  owner: 'organization',
  isMadeByServer: true,
  deleting: 'resource',
  columns: [
    { name: 'url', type: 'image' },
    { name: 'fileName', search: 'anywhere' },
    { name: 'user' },
    { name: 'application', isHidden: true },
    { name: 'tag' },
    { name: 'fileType' },
    { name: 'fileSize', type: 'bytes' },
    { name: 'createdTime', type: 'time', isSorted: true },
    { name: 'name', isHidden: true, isSorted: true },
  ],
  groups: [
    {
      name: 'about',
      fields: [
        { name: 'name', isReadOnly: true },
        { name: 'url', isReadOnly: true, isCopied: true },
        { name: 'description', type: 'area' },
        { name: 'tag' },
        { name: 'user', isReadOnly: true },
        { name: 'application', isReadOnly: true },
        { name: 'fileName', isReadOnly: true },
        { name: 'fileType', isReadOnly: true },
        { name: 'fileSize', type: 'number', isReadOnly: true },
        { name: 'createdTime', type: 'time', isReadOnly: true },
      ],
    },
  ],
  panels: [{ name: 'file', component: 'filePreview' }],
};
