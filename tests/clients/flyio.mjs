// A Mini Program's request library over a wx.request that behaves as WeChat's: the documented sign-in, the account, the refresh, the sign-out.
import { createRequire } from 'node:module';
import { same } from './stage.mjs';

globalThis.wx = {
  request({ url, method, data, header, dataType, responseType, success, fail }) {
    const isForm = /urlencoded/i.test(header['content-type'] ?? header['Content-Type'] ?? '');
    const body = method === 'GET' ? undefined : typeof data === 'string' ? data : isForm ? new URLSearchParams(data).toString() : JSON.stringify(data);
    fetch(url, { method, headers: header, body }).then(
      async (answer) => {
        const text = await answer.text();
        let parsed = text;
        try {
          if (dataType !== 'text' && responseType !== 'arraybuffer') parsed = JSON.parse(text);
        } catch {
          /* stays a text, as in WeChat */
        }
        success({ data: parsed, statusCode: answer.status, header: Object.fromEntries(answer.headers), errMsg: 'request:ok' });
      },
      (error) => fail({ errMsg: 'request:fail ' + error.message }),
    );
    return { abort() {} };
  },
};

const Fly = createRequire(import.meta.url)('flyio/dist/npm/wx');

export async function miniProgram(settings) {
  const fly = new Fly();
  fly.config.baseURL = settings.issuer;
  const form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
  const signedIn = (
    await fly.post('/api/login/oauth/access_token', { tag: 'wechat_miniprogram', client_id: settings.clientId, code: settings.code, username: '小美' }, form)
  ).data;
  fly.interceptors.request.use((request) => {
    request.headers.Authorization = 'Bearer ' + signedIn.access_token;
    return request;
  });
  const account = (await fly.get('/api/get-account')).data;
  same(account.status, 'ok', 'the status of get-account');
  same(account.data.displayName, '小美', 'the name of the account');
  const changed = (await fly.post('/api/update-user?columns=bio', { ...account.data, bio: 'baker' })).data;
  same(changed.data, 'Affected', 'the answer to the update');
  same((await fly.get('/api/get-account')).data.data.bio, 'baker', 'the bio that was written');
  const renewed = (
    await fly.post('/api/login/oauth/refresh_token', { grant_type: 'refresh_token', client_id: settings.clientId, refresh_token: signedIn.refresh_token }, form)
  ).data;
  same(typeof renewed.access_token, 'string', 'the type of the new token');
  same((await fly.post('/api/sso-logout')).data.status, 'ok', 'the status of the sign-out');
  same((await fly.get('/api/get-account')).data.status, 'error', 'the status after the sign-out');
  const refused = await fly
    .post('/api/login/oauth/access_token', { tag: 'wechat_miniprogram', client_id: settings.clientId, code: 'nonsense' }, form)
    .catch((error) => error);
  same(refused.status, 400, 'the status of a refusal');
}
