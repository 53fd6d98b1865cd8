// Casdoor's library in a page that stays where it is: the sign-in happens in a window or in a hidden frame.
import Sdk from 'casdoor-js-sdk';
import { button, root } from './page.mjs';

const { settings } = window;
const sdk = new Sdk({
  serverUrl: settings.serverUrl,
  clientId: settings.clientId,
  appName: settings.application,
  organizationName: settings.organization,
  redirectPath: '/callback',
});
const show = (text) => {
  const heading = document.createElement('h1');
  heading.textContent = text;
  root.replaceChildren(heading);
};

if (location.pathname === '/callback') {
  // In the frame, the page of the application says that it got a code.
  const code = new URLSearchParams(location.search).get('code');
  window.parent.postMessage({ tag: 'Casdoor', type: 'SilentSignin', data: code ? 'success' : 'login-failure' }, location.origin);
} else if (sessionStorage.getItem('token')) {
  show('signed in');
} else {
  button('Window', () => sdk.popupSignin(location.origin, '/api/signin', show));
  button('Frame', () =>
    sdk.silentSignin(
      (message) => show(message.data),
      (message) => show(message.data),
    ),
  );
}
