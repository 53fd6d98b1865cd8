import type { ComponentType } from 'react';
import { createBrowserRouter, type RouteObject, useParams } from 'react-router';
import { kindOfPlural } from '../kinds';
import type { Kind } from '../kinds/kind';
import { NotFound } from './NotFound';
import { PageProblem } from './PageProblem';
import { Shell } from './Shell';
import { Waiting } from './Waiting';

const me = async () => ({ Component: (await import('../pages/me/MePage')).MePage });

/** The pages of the current user: those of administrators, or the user's own account. */
export function routerFor(isAdmin: boolean) {
  const pages: RouteObject[] = isAdmin
    ? [
        { index: true, lazy: async () => ({ Component: (await import('../pages/home/HomePage')).HomePage }) },
        { path: 'connect', lazy: async () => ({ Component: (await import('../pages/connect/ConnectPage')).ConnectPage }) },
        { path: 'me', lazy: me },
        { path: 'records', lazy: async () => ({ Component: (await import('../pages/records/RecordsPage')).RecordsPage }) },
        { path: ':plural', lazy: async () => ({ Component: ofKind((await import('../list/ListPage')).ListPage) }) },
        { path: ':plural/*', lazy: async () => ({ Component: ofKind((await import('../edit/EditPage')).EditPage) }) },
      ]
    : [
        { index: true, lazy: me },
        { path: 'me', lazy: me },
        { path: '*', element: <NotFound /> },
      ];
  return createBrowserRouter([
    { element: <Shell />, HydrateFallback: Waiting, errorElement: <PageProblem />, children: [{ errorElement: <PageProblem />, children: pages }] },
  ]);
}

function ofKind(Page: ComponentType<{ kind: Kind }>) {
  return function KindRoute() {
    const { plural } = useParams();
    const kind = kindOfPlural(plural);
    return kind === undefined ? <NotFound /> : <Page key={kind.name} kind={kind} />;
  };
}
