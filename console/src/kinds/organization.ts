import type { Kind } from './kind';
import { nameField } from './parts';

export const organization: Kind = {
  name: 'organization',
  plural: 'organizations',
  schema: 'Organization',
  section: 'people',
  owner: 'admin',
  isGlobal: true,
  deleting: 'organization',
  columns: [
    { name: 'name', isSorted: true, search: 'prefix' },
    { name: 'displayName', isSorted: true, search: 'anywhere' },
    { name: 'createdTime', type: 'time', isSorted: true },
    { name: 'disableSignin', type: 'bool' },
    { name: 'websiteUrl', isHidden: true },
  ],
  groups: [
    {
      name: 'about',
      fields: [
        nameField,
        { name: 'displayName', isRequired: true },
        { name: 'websiteUrl' },
        { name: 'logo', type: 'image' },
        { name: 'favicon', type: 'image' },
        { name: 'defaultAvatar', type: 'image' },
      ],
    },
    {
      name: 'signIn',
      fields: [
        { name: 'disableSignin', type: 'switch' },
        { name: 'defaultApplication', type: 'picker', of: 'application' },
        { name: 'passwordOptions', type: 'selects', options: ['AtLeast6', 'AtLeast8', 'Aa123', 'SpecialChar', 'NoRepeat', 'NotGuessable'] },
        { name: 'passwordExpireDays', type: 'number' },
        { name: 'ipWhitelist' },
        { name: 'mfaItems', type: 'json' },
        { name: 'useEmailAsUsername', type: 'switch' },
        { name: 'dcrPolicy', type: 'select', options: ['disabled', 'token', 'open'] },
        { name: 'defaultTokenFormat', type: 'select', options: ['JWT', 'JWT-Empty', 'JWT-Custom', 'JWT-Standard'] },
      ],
    },
    {
      name: 'keeping',
      fields: [
        { name: 'recordRetentionDays', type: 'number' },
        { name: 'tokenRetentionDays', type: 'number' },
        { name: 'enableSoftDeletion', type: 'switch' },
        { name: 'isProfilePublic', type: 'switch' },
      ],
    },
    {
      name: 'profile',
      fields: [
        { name: 'countryCodes', type: 'tags' },
        { name: 'languages', type: 'tags' },
        { name: 'tags', type: 'tags' },
        { name: 'userTypes', type: 'tags' },
        { name: 'initScore', type: 'number' },
        { name: 'accountItems', type: 'json' },
      ],
    },
  ],
};
