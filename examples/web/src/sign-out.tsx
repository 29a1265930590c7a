import { useClient } from './graphql/client-context.js';
import { useAction } from './graphql/use-action.js';
import { browserSession } from './session/browser-session.js';
import { signOut } from './session/sign-out.js';

export interface SignOutProps {
  /** Is told where this browser is signed out, and the service does not know. */
  readonly onUnheard: () => void;
}

/** Signs out, in all tabs. */
export function SignOut({ onUnheard }: SignOutProps) {
  const client = useClient();
  const { run, isRunning } = useAction(async () => {
    if (!(await signOut(client, browserSession))) onUnheard();
  });

  return (
    <button type="button" disabled={isRunning} onClick={() => void run()}>
      Sign out
    </button>
  );
}
