import { createClient, type Client } from '../../../../examples/web/src/graphql/client.js';
import { inTurn } from '../../../../examples/web/src/session/in-turn.js';
import { SessionStore, type StoredSession } from '../../../../examples/web/src/session/session-store.js';

/** A tab: a client and a store of its own, over what all tabs of the browser share. */
export interface Tab {
  readonly ask: Client;
  readonly sessions: SessionStore;
}

/** A browser's storage and its locks, with as many tabs as are opened. */
export class Browser {
  readonly stored = new Map<string, string>();
  private readonly alone = inTurn();
  private readonly tabs: Tab[] = [];

  constructor(private readonly fetch: typeof globalThis.fetch) {}

  open(): Tab {
    const sessions = new SessionStore({
      getItem: (key) => this.stored.get(key) ?? null,
      setItem: (key, text) => void this.stored.set(key, text),
      removeItem: (key) => void this.stored.delete(key),
    });
    const ask = createClient({
      url: 'https://api.example.com/graphql',
      sessions,
      alone: this.alone,
      fetch: this.fetch,
    });
    const tab = { ask, sessions };
    this.tabs.push(tab);
    return tab;
  }

  /** What every tab sees, each once. */
  sessions(): (StoredSession | null)[] {
    const seen = this.tabs.map(({ sessions }) => sessions.read());
    return [...new Map(seen.map((session) => [JSON.stringify(session), session])).values()];
  }
}
