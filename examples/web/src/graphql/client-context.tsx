import { createContext, useContext } from 'react';

import type { Client } from './client.js';

const ClientContext = createContext<Client | null>(null);

export const ClientProvider = ClientContext.Provider;

/** The client of the page. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('There is no ClientProvider around this.');
  return client;
}
