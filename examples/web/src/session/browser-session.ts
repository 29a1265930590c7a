import { inTurn } from './in-turn.js';
import { SESSION_KEY, SessionStore, type StoredSession } from './session-store.js';
import { MemoryStorage, tryStorage } from './text-storage.js';

const shared = tryStorage(() => localStorage);

/**
 * The session of this browser. It is in localStorage, where all tabs share it and a reload finds it; any script of this page could
 * read it there, which is why the page's policy lets no other run. README.md weighs that. Where
 * the browser keeps nothing for the page, the session is this tab's own, until a reload.
 */
export const browserSession = new SessionStore(shared ?? new MemoryStorage());

// The browser tells the other tabs alone; the key is null where everything was cleared.
addEventListener('storage', ({ key }) => {
  if (key === SESSION_KEY || key === null) browserSession.tell();
});

/**
 * Runs one piece of work at a time, of all that the tabs of this browser have. Only pages that came by TLS, or from this
 * machine, may: https://w3c.github.io/web-locks/. Who may store nothing may lock nothing, and has nothing to share.
 */
export const aloneInBrowser: (work: () => Promise<StoredSession | null>) => Promise<StoredSession | null> =
  shared === null ? inTurn() : async (work) => navigator.locks.request('portcullis.refresh', work);
