import './page';
import i18next from 'i18next';
import { createRoot } from 'react-dom/client';
import { isCallback, redeem, signIn, SignInError } from './auth/tokens';
import { preferredLanguage, startLanguage } from './i18n';
import { pagesOrigin } from './page';
import { App } from './shell/App';
import { StartProblem } from './shell/StartProblem';
import './shell/base.css';

const root = createRoot(document.getElementById('root')!);

async function start(): Promise<void> {
  await startLanguage(preferredLanguage());
  // The redirect URI is at the server's configured address: at another address the console cannot sign in.
  if (pagesOrigin.startsWith('http') && pagesOrigin !== location.origin) {
    root.render(<StartProblem address={pagesOrigin} />);
    return;
  }

  // Without https a browser offers no Web Crypto, and the network could read the tokens.
  if (!isSecureContext) {
    root.render(<StartProblem error={i18next.t('start.insecure')} />);
    return;
  }

  if (!isCallback()) {
    await signIn(location.pathname + location.search);
    return;
  }

  history.replaceState(null, '', await redeem());
  root.render(<App />);
}

start().catch((error: unknown) => root.render(<StartProblem error={error instanceof SignInError ? error.message : String(error)} />));
