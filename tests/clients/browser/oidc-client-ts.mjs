// A page without a server of its own, by the library's defaults: code and PKCE, tokens in the page, a refresh, and the sign-out.
import { UserManager } from 'oidc-client-ts'

const { settings } = window
const manager = new UserManager({
  authority: settings.serverUrl,
  client_id: settings.clientId,
  redirect_uri: location.origin + '/callback',
  scope: 'openid profile',
  post_logout_redirect_uri: location.origin + '/',
  loadUserInfo: true,
})
const root = document.querySelector('#root')

function fail(error) {
  root.innerHTML = '<p role="alert"></p>'
  root.firstChild.textContent = error?.stack ?? JSON.stringify(error)
}

function button(text, press) {
  const element = document.createElement('button')
  element.textContent = text
  element.addEventListener('click', press)
  root.append(element)
}

async function run() {
  if (location.pathname !== '/callback') return button('Sign in', () => manager.signinRedirect())

  const first = await manager.signinCallback()
  const second = await manager.signinSilent()
  window.result = { first, second }
  root.innerHTML = '<h1></h1>'
  root.querySelector('h1').textContent = first.profile.preferred_username
  button('Sign out', () => manager.signoutRedirect())
}

run().catch(fail)
