import { useClient } from './graphql/client-context.js';
import { useAction } from './graphql/use-action.js';
import { SignOutDocument } from './operations/generated.js';
import { FailureNotice } from './parts/failure-notice.js';
import { browserSession } from './session/browser-session.js';

/** Ends the session at the service, and then in all tabs. Where the service did not hear it, it says so, and may be tried again. */
export function SignOut() {
  const client = useClient();
  const { run, isRunning, failure } = useAction(async () => {
    const session = browserSession.read();
    await client(SignOutDocument, {});
    if (session !== null) browserSession.end(session);
  });

  return (
    <>
      <FailureNotice failure={failure} />
      <button type="button" disabled={isRunning} onClick={() => void run()}>
        Sign out
      </button>
    </>
  );
}
