import { lazy } from 'react';

/** Special editors for single properties, by the `editor` of a field. */
export const editors = {
  providers: lazy(() => import('./ApplicationProviders')),
};
