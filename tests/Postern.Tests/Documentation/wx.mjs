// Runs the blocks of a Mini Program's code, given as JSON on standard input, with a wx that sends real requests.
// Prints one JSON line for each block: the last answer, and what get-account then answers.
import vm from 'node:vm';

const { server, clientId, codes, blocks } = JSON.parse(await new Response(process.stdin).text());
const app = { globalData: {} };
const storage = new Map();
let last, calls;

const wx = {
  login: ({ success }) => success({ code: codes.shift() }),
  setStorageSync: (key, value) => storage.set(key, value),
  getStorageSync: (key) => storage.get(key) ?? '',
  request({ url, method, header = {}, data, success }) {
    const headers = Object.assign({ 'content-type': 'application/json' }, ...Object.entries(header).map(([k, v]) => ({ [k.toLowerCase()]: v })));
    const body = headers['content-type'].startsWith('application/json') ? JSON.stringify(data ?? {}) : new URLSearchParams(data).toString();
    calls.push(
      fetch(url, { method, headers, body }).then(async (answer) => {
        last = await answer.json();
        success?.({ data: last, statusCode: answer.status });
      }),
    );
  },
};

const context = vm.createContext({ wx, getApp: () => app, console: { error: (...words) => console.error(...words) } });
for (const block of blocks) {
  calls = [];
  vm.runInContext(block.replaceAll('https://login.example.com', server).replaceAll('YOUR_CLIENT_ID', clientId), context);
  await Promise.all(calls);
  const account = await fetch(server + '/api/get-account', { headers: { authorization: 'Bearer ' + app.globalData.token } });
  console.log(JSON.stringify({ last, token: app.globalData.token, account: await account.json() }));
}
