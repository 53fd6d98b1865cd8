// A page without a server of its own, by the library's defaults: code and PKCE, tokens in the page, a refresh, and the sign-out.
import { UserManager } from 'oidc-client-ts';
import { button, fail, root } from './page.mjs';

const { settings } = window;
const manager = new UserManager({
  authority: settings.serverUrl,
  client_id: settings.clientId,
  redirect_uri: location.origin + '/callback',
  scope: 'openid profile',
  post_logout_redirect_uri: location.origin + '/',
  loadUserInfo: true,
});

async function run() {
  if (location.pathname !== '/callback') return button('Sign in', () => manager.signinRedirect());

  const first = await manager.signinCallback();
  const second = await manager.signinSilent();
  window.result = { first, second };
  root.innerHTML = '<h1></h1>';
  root.querySelector('h1').textContent = first.profile.preferred_username;
  button('Sign out', () => manager.signoutRedirect());
}

run().catch(fail);
