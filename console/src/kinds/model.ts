import type { Kind } from './kind';
import { nameField } from './parts';

const rbac = `[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
`;

export const model: Kind = {
  name: 'model',
  plural: 'models',
  schema: 'Model',
  section: 'access',
  owner: 'organization',
  columns: [
    { name: 'name', isSorted: true, search: 'anywhere' },
    { name: 'displayName', isSorted: true, search: 'anywhere' },
    { name: 'description' },
    { name: 'createdTime', type: 'time', isSorted: true },
  ],
  fresh: () => ({ modelText: rbac }),
  groups: [
    {
      name: 'about',
      fields: [nameField, { name: 'displayName' }, { name: 'description', type: 'area' }, { name: 'modelText', type: 'code', isRequired: true }],
    },
  ],
};
