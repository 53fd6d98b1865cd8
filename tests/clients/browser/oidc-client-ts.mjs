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

// A test shows what went wrong.
addEventListener('unhandledrejection', (event) => {
  root.innerHTML = '<p role="alert"></p>'
  root.firstChild.textContent = event.reason?.stack ?? JSON.stringify(event.reason)
})

function button(text, press) {
  const element = document.createElement('button')
  element.textContent = text
  element.addEventListener('click', press)
  root.append(element)
}

if (location.pathname === '/callback') {
  const first = await manager.signinCallback()
  const second = await manager.signinSilent()
  window.result = { first, second }
  root.innerHTML = '<h1></h1>'
  root.querySelector('h1').textContent = first.profile.preferred_username
  button('Sign out', () => manager.signoutRedirect())
} else {
  button('Sign in', () => manager.signinRedirect())
}
