// Casdoor's own library for Node, unmodified: every method that it has but those that need a phone or a mailbox.
import { createReadStream } from 'node:fs';
import { SDK } from 'casdoor-nodejs-sdk';
import { same } from './stage.mjs';

const model = `[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act`;

/** Each kind: what an object has beside its name, and a property that an update changes. */
const kinds = {
  Adapter: [{ table: 'rules' }, 'table'],
  Application: [{ displayName: 'Shop' }, 'displayName'],
  Cert: [{ displayName: 'Cert', scope: 'JWT', type: 'x509', cryptoAlgorithm: 'RS256', bitSize: 2048, expireInYears: 20 }, 'displayName'],
  Enforcer: [{ displayName: 'Enforcer' }, 'displayName'],
  Group: [{ displayName: 'Group', type: 'Virtual' }, 'displayName'],
  Model: [{ displayName: 'Model', modelText: model }, 'displayName'],
  Organization: [{ displayName: 'Org', websiteUrl: 'https://org.example', passwordType: 'bcrypt' }, 'displayName'],
  Payment: [{ displayName: 'Payment', user: 'mei', price: 12.5 }, 'displayName'],
  Syncer: [{ table: 'user' }, 'table'],
  Permission: [{ displayName: 'Permission', users: [], roles: [], actions: ['Read'], effect: 'Allow', isEnabled: true, state: 'Approved' }, 'displayName'],
  Plan: [{ displayName: 'Plan', price: 9.9, currency: 'CNY' }, 'displayName'],
  Pricing: [{ displayName: 'Pricing' }, 'displayName'],
  Provider: [
    { displayName: 'Provider', category: 'OAuth', type: 'WeChatMiniProgram', clientId: 'wxsandbox00000001', clientSecret: 'provider-secret' },
    'displayName',
  ],
  Role: [{ displayName: 'Role', users: [], roles: [], isEnabled: true }, 'displayName'],
  Subscription: [{ displayName: 'Subscription', user: 'mei' }, 'displayName'],
  Webhook: [{ url: 'https://hook.example', contentType: 'application/json' }, 'url'],
  Product: [{ displayName: 'Product', price: 3 }, 'displayName'],
};

/** Objects that all have the owner admin, and say beside whose they are. */
const ofAdmin = ['Application', 'Syncer', 'Webhook'];

const sdkOf = (s) =>
  new SDK({
    endpoint: s.endpoint,
    clientId: s.clientId,
    clientSecret: s.clientSecret,
    certificate: s.certificate,
    orgName: s.organization,
    appName: s.application,
  });

/** The data of a good answer. */
function data(answer, what) {
  same(answer.data.status, 'ok', `${what}: ${answer.data.msg}; its status`);
  return answer.data.data;
}

const affected = (answer, what) => same(data(answer, what), 'Affected', what);

const plural = (kind) => `get${kind}s`;

export async function objects(s) {
  const sdk = sdkOf(s);
  for (const [kind, [properties, changed]] of Object.entries(kinds)) {
    const name = `sdk-${kind.toLowerCase()}-${s.mark}`;
    const owner = ['Application', 'Organization'].includes(kind) ? 'admin' : s.organization;
    const sent = () => ({ owner, name, createdTime: '2026-01-02T03:04:05Z', ...(ofAdmin.includes(kind) && { organization: s.organization }), ...properties });
    affected(await sdk[`add${kind}`](sent()), `add${kind}`);
    const added = data(await sdk[`get${kind}`](name), `get${kind}`);
    same(added.owner + '/' + added.name, owner + '/' + name, `the ${kind}`);
    for (const [property, value] of Object.entries(properties)) {
      const isSecret = property === 'clientSecret';
      same(JSON.stringify(added[property]), JSON.stringify(isSecret ? '***' : value), `${kind}.${property}`);
    }
    const all = data(await sdk[plural(kind)](), plural(kind));
    same(all.filter((o) => o.name === name).length, 1, `${name} in ${plural(kind)}`);

    const whole = { ...added, [changed]: 'changed' };
    const answer = await sdk[`update${kind}`](whole);
    if (kind === 'Model') same(answer.data.status, 'ok', 'updateModel');
    else affected(answer, `update${kind}`);
    same(data(await sdk[`get${kind}`](name), `get${kind}`)[changed], 'changed', `${kind}.${changed}`);

    affected(await sdk[`delete${kind}`]({ ...whole }), `delete${kind}`);
    same(data(await sdk[`get${kind}`](name), `get${kind}`), null, `the deleted ${kind}`);
  }
}

export async function users(s) {
  const sdk = sdkOf(s);
  const name = 'sdk-user-' + s.mark;
  const before = data(await sdk.getUserCount(false), 'getUserCount');
  affected(
    await sdk.addUser({
      owner: s.organization,
      name,
      displayName: 'Mei',
      password: 'first-password',
      email: `${name}@shop.example`,
      phone: '',
      tag: 'staff',
      signupApplication: s.application,
      properties: { level: '3' },
    }),
    'addUser',
  );
  const user = data(await sdk.getUser(name), 'getUser');
  same(user.displayName, 'Mei', 'displayName');
  same(user.password, '***', 'password');
  same(user.properties.level, '3', 'properties.level');
  same(data(await sdk.getUserCount(false), 'getUserCount'), before + 1, 'getUserCount');
  same(data(await sdk.getUserCount(true), 'getUserCount'), 0, 'who is online');
  same(data(await sdk.getUsers(), 'getUsers').filter((u) => u.name === name).length, 1, 'the user in getUsers');

  affected(await sdk.updateUser({ ...user, displayName: 'Mei Lin' }), 'updateUser');
  const updated = data(await sdk.getUser(name), 'getUser');
  same(updated.displayName, 'Mei Lin', 'displayName');
  same(updated.id, user.id, 'id');

  const set = await sdk.setPassword({ owner: s.organization, name, newPassword: 'second-password', oldPassword: '' });
  same(set.data.status, 'ok', `setPassword: ${set.data.msg}; its status`);

  affected(await sdk.deleteUser({ ...updated }), 'deleteUser');
  same(data(await sdk.getUser(name), 'getUser'), null, 'the deleted user');
}

export async function sessions(s) {
  const sdk = sdkOf(s);
  const session = () => ({ owner: s.organization, name: 'mei-' + s.mark, application: s.application, createdTime: '2026-01-02T03:04:05Z', sessionId: ['one'] });
  affected(await sdk.addSession(session()), 'addSession');
  same(data(await sdk.getSessions(), 'getSessions').filter((o) => o.name === 'mei-' + s.mark).length, 1, 'the session in getSessions');
  same(data(await sdk.getSession('mei-' + s.mark, s.application), 'getSession').sessionId.join(), 'one', 'sessionId');
  affected(await sdk.updateSession({ ...session(), sessionId: ['one', 'two'] }), 'updateSession');
  same(data(await sdk.getSession('mei-' + s.mark, s.application), 'getSession').sessionId.length, 2, 'how many sessions');
  affected(await sdk.deleteSession(session()), 'deleteSession');
  same(data(await sdk.getSession('mei-' + s.mark, s.application), 'getSession'), null, 'the deleted session');
}

export async function tokens(s) {
  const sdk = sdkOf(s);
  const issued = await sdk.getAuthToken(s.code);
  const claims = sdk.parseJwtToken(issued.access_token);
  same(claims.name, s.user, 'name');
  same((await sdk.introspect(issued.access_token, 'access_token')).data.active, true, 'active');
  same((await sdk.introspect('nothing', 'access_token')).data.active, false, 'active of nothing');
  const refreshed = await sdk.refreshToken(issued.refresh_token);
  same(sdk.parseJwtToken(refreshed.access_token).name, s.user, 'name after a refresh');

  const page = await sdk.getTokens(1, 10);
  same(data(page, 'getTokens').length, page.data.data2, 'data2');
  const [newest] = data(page, 'getTokens');
  same(newest.user, s.user, 'the user of the newest token');
  same(newest.accessToken, '', 'accessToken');
  same(data(await sdk.getToken(newest.name), 'getToken').name, newest.name, 'the token');
  affected(await sdk.deleteToken({ ...newest }), 'deleteToken');
  same((await sdk.introspect(refreshed.access_token, 'access_token')).data.active, false, 'active of a deleted token');
  same((await sdk.getToken(newest.name)).data.data, null, 'the deleted token');

  const written = () => ({
    owner: 'admin',
    name: 'sdk-token-' + s.mark,
    application: s.application,
    organization: s.organization,
    user: s.user,
    accessToken: 'planted',
    scope: 'read',
    tokenType: 'Bearer',
    expiresIn: 7200,
  });
  affected(await sdk.addToken(written()), 'addToken');
  same((await sdk.introspect('planted', 'access_token')).data.active, false, 'active of a planted token');
  affected(await sdk.updateToken({ ...written(), scope: 'write' }), 'updateToken');
  same(data(await sdk.getToken('sdk-token-' + s.mark), 'getToken').scope, 'write', 'scope');
  affected(await sdk.deleteToken(written()), 'deleteToken');
}

export async function resources(s) {
  const sdk = sdkOf(s);
  const uploaded = await sdk.uploadResource(
    { owner: 'mei', name: 'note', parent: 'notes', fullFilePath: `notes/${s.mark}.json` },
    createReadStream('package.json'),
  );
  const address = data(uploaded, 'uploadResource');
  const name = uploaded.data.data2;
  same(name, `/notes/${s.mark}.json`, 'data2');
  const served = await fetch(s.endpoint + new URL(address).pathname);
  same((await served.json()).name, 'postern-clients', 'what is served');
  same(data(await sdk.getResource(name), 'getResource').url, address, 'url');
  const list = data(await sdk.getResources(s.organization, 'mei', '', '', '', ''), 'getResources');
  same(list.filter((r) => r.name === name).length, 1, 'the file in getResources');
  affected(await sdk.deleteResource({ owner: s.organization, name }), 'deleteResource');
  same((await fetch(s.endpoint + new URL(address).pathname)).status, 404, 'status of the deleted file');

  const written = () => ({ owner: s.organization, name: `written-${s.mark}.txt`, user: 'mei', description: 'first' });
  affected(await sdk.addResource(written()), 'addResource');
  affected(await sdk.updateResource({ ...written(), description: 'second' }), 'updateResource');
  same(data(await sdk.getResource(`written-${s.mark}.txt`), 'getResource').description, 'second', 'description');
  affected(await sdk.deleteResource(written()), 'deleteResource');
}

export async function enforce(s) {
  const sdk = sdkOf(s);
  const name = 'sdk-' + s.mark;
  affected(await sdk.addModel({ owner: s.organization, name, displayName: name, modelText: model }), 'addModel');
  affected(
    await sdk.addPermission({
      owner: s.organization,
      name,
      model: `${s.organization}/${name}`,
      users: [`${s.organization}/mei`],
      roles: [],
      resourceType: 'Custom',
      resources: ['book'],
      actions: ['read'],
      effect: 'Allow',
      isEnabled: true,
      state: 'Approved',
    }),
    'addPermission',
  );
  const id = `${s.organization}/${name}`;
  same(await sdk.enforce(id, '', '', [`${s.organization}/mei`, 'book', 'read']), true, 'mei reads');
  same(await sdk.enforce(id, '', '', [`${s.organization}/mei`, 'book', 'write']), false, 'mei writes');
  same(await sdk.enforce('', id, '', [`${s.organization}/lin`, 'book', 'read']), false, 'lin reads, by the model');
  same(
    (
      await sdk.batchEnforce(id, '', '', [
        [`${s.organization}/mei`, 'book', 'read'],
        [`${s.organization}/lin`, 'book', 'read'],
      ])
    ).join(),
    'true,false',
    'both',
  );
}

export async function addresses(s) {
  const sdk = sdkOf(s);
  for (const address of [
    sdk.getSignInUrl('https://shop.example/callback'),
    sdk.getSignUpUrl(true, 'https://shop.example/callback'),
    sdk.getUserProfileUrl('mei', ''),
    sdk.getMyProfileUrl(''),
  ]) {
    same(new URL(address).origin, new URL(s.endpoint).origin, 'the origin of ' + address);
  }
  same((await fetch(sdk.getSignInUrl('https://shop.example/callback'), { redirect: 'manual' })).status < 400, true, 'whether the sign-in page opens');
  for (const refusal of [
    await sdk.sendEmail({ title: 't', content: 'c', sender: 's', receivers: ['a@b.example'] }),
    await sdk.sendSms({ content: 'c', receivers: ['1'] }),
  ]) {
    same(refusal.data.status, 'error', 'a message');
    same(/^Postern sends no mail/.test(refusal.data.msg), true, refusal.data.msg);
  }
}
