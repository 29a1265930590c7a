import { useState, useSyncExternalStore } from 'react';

import { browserSession } from './session/browser-session.js';
import { SignIn } from './sign-in/sign-in.js';
import { SignedIn } from './signed-in.js';

const ENDED = 'You are signed out: your session has ended.';
const UNHEARD =
  'You are signed out on this device, but the server did not confirm it: the session lives on until you end it from elsewhere, or it runs out.';

/** Shows the page to who is signed in, and the way in to everybody else; in all tabs at once. */
export function App() {
  const sessionId = useSyncExternalStore(browserSession.subscribe, browserSession.read)?.id ?? null;
  const [lastId, setLastId] = useState(sessionId);
  const [notice, setNotice] = useState<string | null>(null);
  if (sessionId !== lastId) {
    setLastId(sessionId);
    setNotice(sessionId === null ? ENDED : null);
  }

  // What one session has shown is not for the next.
  return sessionId === null ? (
    <SignIn notice={notice} />
  ) : (
    <SignedIn key={sessionId} onUnheard={() => setNotice(UNHEARD)} />
  );
}
