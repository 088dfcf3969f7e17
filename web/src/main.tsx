import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { createQueryClient } from './api/query';
import './app/theme.css';
import './app/base.css';
import { Live, refreshQueries } from './app/live';
import { createRoutes } from './app/routes';
import { applyTheme } from './app/theme';

applyTheme();

const queryClient = createQueryClient();
const live = new Live(() => refreshQueries(queryClient));
live.start();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={createBrowserRouter(createRoutes(live))} />
    </QueryClientProvider>
  </StrictMode>,
);
