import { SESSION_KEY, SessionStore, type StoredSession } from './session-store.js';

/**
 * The session of this browser. It is in localStorage, where all tabs share it and a reload finds it; any script of this page could
 * read it there, which is why the page's policy lets no other run. README.md weighs that.
 */
export const browserSession = new SessionStore(localStorage);

// The browser tells the other tabs alone; the key is null where everything was cleared.
addEventListener('storage', ({ key }) => {
  if (key === SESSION_KEY || key === null) browserSession.tell();
});

/**
 * Runs one piece of work at a time, of all that the tabs of this browser have. Only pages that came by TLS, or from this
 * machine, may: https://w3c.github.io/web-locks/
 */
export const aloneInBrowser = async (
  work: () => Promise<StoredSession | null>,
): Promise<StoredSession | null> => navigator.locks.request('portcullis.refresh', work);
