import './styles.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app.js';
import { ClientProvider } from './graphql/client-context.js';
import { createClient } from './graphql/client.js';
import { ErrorBoundary } from './parts/error-boundary.js';
import { aloneInBrowser, browserSession } from './session/browser-session.js';

const client = createClient({
  url: import.meta.env.VITE_API_URL,
  sessions: browserSession,
  alone: aloneInBrowser,
  fetch: (...request) => fetch(...request),
});

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app.');
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <ClientProvider value={client}>
        <App />
      </ClientProvider>
    </ErrorBoundary>
  </StrictMode>,
);
