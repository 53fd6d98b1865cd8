import { createContext, useContext } from 'react';
import { envelope, http, type Schemas } from '../api/client';

/** Who is signed in, and what he is shown. The server decides what he may do; this only hides what it would refuse. */
export interface Who {
  user: Schemas['User'];
  organization: string;
  /** An administrator of the organization built-in: of everything. */
  isGlobal: boolean;
  /** An administrator of his own organization, or global. */
  isAdmin: boolean;
}

export async function readWho(): Promise<Who> {
  const answer = await envelope(() => http.GET('/api/get-account'));
  const user = answer.data as Schemas['User'];
  return { user, organization: user.owner, isGlobal: user.owner === 'built-in' && user.isAdmin, isAdmin: user.isAdmin };
}

export const WhoContext = createContext<Who | null>(null);

export function useWho(): Who {
  const who = useContext(WhoContext);
  if (who === null) {
    throw new Error('useWho outside of the signed-in part');
  }

  return who;
}
