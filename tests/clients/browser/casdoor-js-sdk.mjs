// A page without a server of its own: it redeems the code by PKCE and renews its tokens itself.
import Sdk from 'casdoor-js-sdk';

const { settings } = window;
const sdk = new Sdk({
  serverUrl: settings.serverUrl,
  clientId: settings.clientId,
  appName: settings.application,
  organizationName: settings.organization,
  redirectPath: '/callback',
});

if (location.pathname === '/callback') {
  const first = await sdk.exchangeForAccessToken();
  const second = await sdk.refreshAccessToken(first.refresh_token);
  const { payload } = sdk.parseAccessToken(second.access_token);
  const user = await sdk.getUserInfo(second.access_token);
  window.result = { first, second, payload, user };
  document.querySelector('#root').innerHTML = '<h1></h1>';
  document.querySelector('h1').textContent = user.name;
} else {
  document.querySelector('#root').innerHTML = '<button>Sign in</button>';
  document.querySelector('button').addEventListener('click', () => sdk.signin_redirect());
}
