import createClient, { type Middleware } from 'openapi-fetch';
import { accessToken, renew } from '../auth/tokens';
import type { KindPaths } from './kindPaths';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

/** A refusal. The message is the server's, in the language of the console if the server has it. */
export class Refusal extends Error {}

/** The sign-in has ended: an administrator ended it, the user was forbidden, or it expired. */
export class SignedOut extends Error {}

const signedOutListeners = new Set<() => void>();

/** Calls the listener when a call finds that the sign-in has ended. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

const bearer: Middleware = {
  async onRequest({ request }) {
    const token = await accessToken();
    if (token !== null) {
      request.headers.set('Authorization', `Bearer ${token}`);
    }

    // The API reads only the two letters of the language.
    request.headers.set('Accept-Language', document.documentElement.lang.slice(0, 2));
    return request;
  },
};

/** The client of the API, typed by /openapi/v1.json. */
export const http = createClient<paths & KindPaths>({ baseUrl: location.origin, credentials: 'omit' });
http.use(bearer);

type Envelope = Pick<Schemas['Ok'], 'status' | 'msg'> | Pick<Schemas['Refusal'], 'status' | 'msg' | 'code'>;

/** The envelope of a successful response. Throws if it is a refusal. */
export async function envelope<T extends Envelope>(
  call: () => Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Extract<T, { status: 'ok' }>> {
  const first = await read(call);
  const answer = hasEnded(first) && (await renew()) !== null ? await read(call) : first;
  if (hasEnded(answer)) {
    signedOutListeners.forEach((listener) => listener());
    throw new SignedOut(answer.msg);
  }

  if (answer.status !== 'ok') {
    throw new Refusal(answer.msg || answer.status);
  }

  return answer as Extract<T, { status: 'ok' }>;
}

async function read<T extends Envelope>(call: () => Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call();
  const answer = (data ?? error) as T | undefined;
  if (answer === undefined || typeof answer.status !== 'string') {
    throw new Refusal(`${response.status} ${response.statusText}`);
  }

  return answer;
}

/** The access token is no longer accepted. The HTTP status is 200, the code tells it. */
const hasEnded = (answer: Envelope): boolean => answer.status === 'error' && answer.code === 'unauthorized';
