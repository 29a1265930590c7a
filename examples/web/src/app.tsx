import { useState, useSyncExternalStore } from 'react';

import { browserSession } from './session/browser-session.js';
import { SignIn } from './sign-in/sign-in.js';
import { SignedIn } from './signed-in.js';

/** Shows the page to who is signed in, and the way in to everybody else; in all tabs at once. */
export function App() {
  const sessionId = useSyncExternalStore(browserSession.subscribe, browserSession.read)?.id ?? null;
  const [lastId, setLastId] = useState(sessionId);
  const [hasEnded, setHasEnded] = useState(false);
  if (sessionId !== lastId) {
    setLastId(sessionId);
    setHasEnded(sessionId === null);
  }

  // What one session has shown is not for the next.
  return sessionId === null ? (
    <SignIn notice={hasEnded ? 'You are signed out: your session has ended.' : null} />
  ) : (
    <SignedIn key={sessionId} />
  );
}
