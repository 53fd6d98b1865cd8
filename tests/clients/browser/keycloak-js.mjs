// The library's defaults with any provider: the code comes in the fragment, and its calls ask the browser to send cookies along.
import Keycloak from 'keycloak-js';
import { button, fail, root } from './page.mjs';

const { settings } = window;
const keycloak = new Keycloak({ oidcProvider: settings.serverUrl, clientId: settings.clientId });

async function run() {
  // The server offers no frame that watches the session, which the library would otherwise ask for.
  if (!(await keycloak.init({ checkLoginIframe: false }))) return button('Sign in', () => keycloak.login({ scope: 'profile' }));

  const first = { access_token: keycloak.token, refresh_token: keycloak.refreshToken };
  const user = await keycloak.loadUserInfo();
  await keycloak.updateToken(-1);
  window.result = { first, second: { access_token: keycloak.token, refresh_token: keycloak.refreshToken }, user };
  root.innerHTML = '<h1></h1>';
  root.querySelector('h1').textContent = user.preferred_username;
  button('Sign out', () => keycloak.logout());
}

run().catch(fail);
