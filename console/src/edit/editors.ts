import { lazy } from 'react';

/** Editors of single properties, by the name that a field has for them. */
export const editors = {
  providers: lazy(() => import('./ApplicationProviders')),
};
