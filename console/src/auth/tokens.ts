import { challengeOf, randomText } from './pkce';

/** The client of the console. It is public (RFC 6749 §2.1): it has no secret, and PKCE binds the code to it. */
const clientId = 'postern-console';
const callback = '/signed-in';
const refreshBefore = 60_000;

interface Tokens {
  access: string;
  refresh: string;
  id: string;
  /** When the access token expires, in milliseconds of the browser's clock. */
  expires: number;
}

/** The state of a sign-in that has started. It contains no token, and nothing in it is useful after the sign-in. */
interface Pending {
  verifier: string;
  returnTo: string;
}

interface TokenAnswer {
  access_token: string;
  refresh_token?: string;
  id_token?: string;
  expires_in: number;
}

// Only in memory, so that another tab or a later page cannot read them. After a reload the browser's session signs in again.
let tokens: Tokens | null = null;
let renewal: Promise<string | null> | null = null;

/** Signing in failed. The message is the server's. */
export class SignInError extends Error {}

/** Goes to the sign-in page, which redirects back at once if the browser has a session. */
export async function signIn(returnTo: string): Promise<void> {
  const state = randomText();
  const verifier = randomText();
  sessionStorage.setItem(`sign-in:${state}`, JSON.stringify({ verifier, returnTo } satisfies Pending));
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: location.origin + callback,
    scope: 'openid profile email phone',
    state,
    code_challenge: await challengeOf(verifier),
    code_challenge_method: 'S256',
    ui_locales: document.documentElement.lang,
  });
  location.assign(`/login/oauth/authorize?${query}`);
}

export const isCallback = (): boolean => location.pathname === callback;

/** Redeems the code in the address. Returns the path where the sign-in started. */
export async function redeem(): Promise<string> {
  const answer = new URLSearchParams(location.search);
  const key = `sign-in:${answer.get('state') ?? ''}`;
  const pending = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  history.replaceState(null, '', '/');
  if (pending === null) {
    // The state belongs to another tab or was used before: start a new sign-in.
    await signIn('/');
    return new Promise(() => undefined);
  }

  const error = answer.get('error');
  if (error !== null) {
    throw new SignInError(answer.get('error_description') ?? error);
  }

  const { verifier, returnTo } = JSON.parse(pending) as Pending;
  keep(await ask({ grant_type: 'authorization_code', code: answer.get('code') ?? '', redirect_uri: location.origin + callback, code_verifier: verifier }));
  return returnTo;
}

/** The access token, renewed shortly before it expires. Null if the sign-in has ended. */
export async function accessToken(): Promise<string | null> {
  if (tokens === null) {
    return null;
  }

  return tokens.expires - Date.now() > refreshBefore ? tokens.access : renew();
}

/** Refreshes the tokens. Concurrent calls share one request, because a refresh token can be used once. */
export function renew(): Promise<string | null> {
  renewal ??= (async () => {
    try {
      if (tokens !== null && tokens.refresh.length > 0) {
        keep(await ask({ grant_type: 'refresh_token', refresh_token: tokens.refresh }));
      }

      return tokens?.access ?? null;
    } catch (error) {
      if (error instanceof SignInError) {
        tokens = null;
        return null;
      }

      throw error;
    } finally {
      renewal = null;
    }
  })();
  return renewal;
}

/** Ends the sign-in here and in every application that shares it (OpenID Connect RP-Initiated Logout 1.0). */
export function signOut(): void {
  const query = new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: `${location.origin}/` });
  if (tokens !== null && tokens.id.length > 0) {
    query.set('id_token_hint', tokens.id);
  }

  tokens = null;
  location.assign(`/api/logout?${query}`);
}

function keep(answer: TokenAnswer): void {
  tokens = {
    access: answer.access_token,
    refresh: answer.refresh_token ?? tokens?.refresh ?? '',
    id: answer.id_token ?? tokens?.id ?? '',
    expires: Date.now() + answer.expires_in * 1000,
  };
}

async function ask(form: Record<string, string>): Promise<TokenAnswer> {
  const response = await fetch('/api/login/oauth/access_token', {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, ...form }),
    credentials: 'omit',
  });
  const answer = (await response.json()) as TokenAnswer & { error?: string; error_description?: string };
  if (response.status >= 500 || response.status === 429) {
    throw new Error(answer.error_description ?? response.statusText);
  }

  if (answer.error !== undefined) {
    throw new SignInError(answer.error_description ?? answer.error);
  }

  return answer;
}
