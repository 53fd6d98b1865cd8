// A page whose own server redeems the code: AuthCallback posts it there.
import Sdk from 'casdoor-js-sdk';
import { AuthCallback, isSilentSigninRequired } from 'casdoor-react-sdk';
import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';

const { settings } = window;
const sdk = new Sdk({
  serverUrl: settings.serverUrl,
  clientId: settings.clientId,
  appName: settings.application,
  organizationName: settings.organization,
  redirectPath: '/callback',
});

function Callback() {
  const [name, setName] = useState('');
  const saveTokenFromResponse = (response) => {
    window.result = response;
    setName(response.name);
  };
  const isGetTokenSuccessful = (response) => response.status === 'ok';
  const callback = createElement(AuthCallback, { sdk, serverUrl: location.origin, saveTokenFromResponse, isGetTokenSuccessful });
  return createElement('div', null, callback, name && createElement('h1', null, name));
}

function Home() {
  return createElement('a', { href: sdk.getSigninUrl() }, isSilentSigninRequired() ? 'Silent' : 'Sign in');
}

createRoot(document.querySelector('#root')).render(createElement(location.pathname === '/callback' ? Callback : Home));
