import type { ComponentType } from 'react';
import type { RouteObject } from 'react-router';
import { Loading } from '../components/Loading';
import { Layout } from './Layout';
import type { Live } from './live';
import { RouteError } from './RouteError';

type ViewModule = Promise<{ default: ComponentType }>;

/** Every view is a chunk of its own, loaded when it is first visited. */
const VIEWS: [path: string, load: () => ViewModule][] = [
  ['/', () => import('../views/projects')],
  ['/models', () => import('../views/models')],
  ['/explore', () => import('../views/explore')],
  ['/pipelines', () => import('../views/pipelines')],
  ['/datasets', () => import('../views/datasets')],
  ['/columns', () => import('../views/columns')],
  ['/history', () => import('../views/history')],
  ['/runs', () => import('../views/runs')],
  ['/sql', () => import('../views/sql')],
  ['/models/:id', () => import('../views/model')],
  ['/models/:id/rows', () => import('../views/model-rows')],
  ['/compare', () => import('../views/compare')],
  ['/datasets/:id', () => import('../views/dataset')],
  ['/runs/:id', () => import('../views/run')],
  ['*', () => import('../views/not-found')],
];

export function createRoutes(live: Live): RouteObject[] {
  return [
    {
      element: <Layout live={live} />,
      hydrateFallbackElement: (
        <Layout live={live}>
          <Loading />
        </Layout>
      ),
      children: [
        {
          // Between the layout and the view: an error replaces the view and leaves the navigation.
          errorElement: <RouteError />,
          children: VIEWS.map(([path, load]) => ({
            path,
            lazy: async () => ({ Component: (await load()).default }),
          })),
        },
      ],
    },
  ];
}
