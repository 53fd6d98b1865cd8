import { lazy } from 'react';
import type { Kind } from './kind';
import { nameField } from './parts';

export const user: Kind = {
  name: 'user',
  plural: 'users',
  schema: 'User',
  section: 'people',
  owner: 'organization',
  hasConsequences: true,
  isOfOne: true,
  columns: [
    { name: 'avatar', type: 'image' },
    { name: 'name', isSorted: true, search: 'prefix' },
    { name: 'displayName', isSorted: true, search: 'prefix' },
    { name: 'phone', isSorted: true, search: 'prefix' },
    { name: 'email', isSorted: true, search: 'prefix' },
    { name: 'signupApplication' },
    { name: 'createdTime', type: 'time', isSorted: true, search: 'anywhere' },
    { name: 'lastSigninTime', type: 'time' },
    { name: 'isForbidden', type: 'bool', search: 'anywhere' },
    { name: 'isAdmin', type: 'bool', isHidden: true, search: 'anywhere' },
    { name: 'tag', isHidden: true },
    { name: 'id', isHidden: true },
  ],
  bulk: [
    { name: 'forbid', change: { isForbidden: true } },
    { name: 'permit', change: { isForbidden: false } },
  ],
  fresh: () => ({ type: 'normal-user' }),
  groups: [
    {
      name: 'about',
      fields: [
        nameField,
        { name: 'displayName' },
        { name: 'avatar', type: 'image' },
        { name: 'email', pattern: /^\S+@\S+$/ },
        { name: 'phone', pattern: /^[0-9]{4,20}$/ },
        { name: 'countryCode' },
        { name: 'password', type: 'password', when: (object) => object['id'] === undefined },
        { name: 'id', isReadOnly: true, isCopied: true, when: (object) => object['id'] !== undefined },
      ],
    },
    {
      name: 'standing',
      fields: [
        { name: 'isAdmin', type: 'switch' },
        { name: 'isForbidden', type: 'switch' },
        { name: 'needUpdatePassword', type: 'switch' },
        { name: 'ipWhitelist' },
        { name: 'groups', type: 'pickers', of: 'group', isFullId: true },
        { name: 'tag' },
        { name: 'type', type: 'select', options: ['normal-user', 'paid-user'] },
        { name: 'signupApplication', type: 'picker', of: 'application' },
      ],
    },
    {
      name: 'person',
      fields: [
        { name: 'firstName' },
        { name: 'lastName' },
        { name: 'gender' },
        { name: 'birthday' },
        { name: 'language' },
        { name: 'region' },
        { name: 'location' },
        { name: 'affiliation' },
        { name: 'title' },
        { name: 'homepage' },
        { name: 'bio', type: 'area' },
        { name: 'properties', type: 'json' },
      ],
    },
    {
      name: 'told',
      fields: [
        { name: 'createdTime', type: 'time', isReadOnly: true },
        { name: 'updatedTime', type: 'time', isReadOnly: true },
        { name: 'lastSigninTime', type: 'time', isReadOnly: true },
        { name: 'lastSigninIp', isReadOnly: true },
        { name: 'registerType', isReadOnly: true },
        { name: 'registerSource', isReadOnly: true },
      ],
    },
  ],
  panels: [{ name: 'overview', component: lazy(() => import('../pages/user/UserOverview')) }],
};
