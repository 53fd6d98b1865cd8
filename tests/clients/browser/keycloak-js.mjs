// The library's defaults with any provider: the code comes in the fragment, and its calls ask the browser to send cookies along.
import Keycloak from 'keycloak-js'

const { settings } = window
const keycloak = new Keycloak({ oidcProvider: settings.serverUrl, clientId: settings.clientId })
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

// The server offers no frame that watches the session, which the library would otherwise ask for.
if (await keycloak.init({ checkLoginIframe: false })) {
  const first = { access_token: keycloak.token, refresh_token: keycloak.refreshToken, fragment: location.hash }
  const user = await keycloak.loadUserInfo()
  await keycloak.updateToken(-1)
  window.result = { first, second: { access_token: keycloak.token, refresh_token: keycloak.refreshToken }, user }
  root.innerHTML = '<h1></h1>'
  root.querySelector('h1').textContent = user.preferred_username
  button('Sign out', () => keycloak.logout())
} else {
  button('Sign in', () => keycloak.login({ scope: 'profile' }))
}
