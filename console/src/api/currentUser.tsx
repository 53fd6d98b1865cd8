import { createContext, useContext } from 'react';
import { envelope, http, type Schemas } from './client';

/** The signed-in user. The server decides what the user may do; the console only hides what it would refuse. */
export interface CurrentUser {
  user: Schemas['User'];
  organization: string;
  /** An administrator of the organization built-in, and so of the whole installation. */
  isGlobal: boolean;
  /** An administrator of the user's own organization, or a global one. */
  isAdmin: boolean;
}

export async function readCurrentUser(): Promise<CurrentUser> {
  const answer = await envelope(() => http.GET('/api/get-account'));
  const user = answer.data;
  return { user, organization: user.owner, isGlobal: user.owner === 'built-in' && user.isAdmin, isAdmin: user.isAdmin };
}

export const CurrentUserContext = createContext<CurrentUser | null>(null);

export function useCurrentUser(): CurrentUser {
  const currentUser = useContext(CurrentUserContext);
  if (currentUser === null) {
    throw new Error('useCurrentUser outside of the signed-in part');
  }

  return currentUser;
}
