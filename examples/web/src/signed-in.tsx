import { Account } from './account/account.js';
import { useQuery } from './graphql/use-query.js';
import { ViewerDocument } from './operations/generated.js';
import { Brand } from './parts/brand.js';
import { FailureNotice } from './parts/failure-notice.js';
import { Loading } from './parts/loading.js';
import { People } from './people/people.js';
import { Sessions } from './sessions/sessions.js';
import { SignOut, type SignOutProps } from './sign-out.js';

const NO_VARIABLES = {};

/** What somebody sees who is signed in: the parts that the policies let them have. */
export function SignedIn({ onUnheard }: SignOutProps) {
  const { data, failure, reload } = useQuery(ViewerDocument, NO_VARIABLES);
  const me = data?.me ?? null;

  return (
    <>
      <header className="top">
        <Brand />
        <div className="who">
          {me !== null && (
            <span className="name">
              <bdi>{me.name ?? me.email}</bdi>
            </span>
          )}
          <SignOut onUnheard={onUnheard} />
        </div>
      </header>
      <main className="wide">
        <FailureNotice failure={failure} />
        {data === null && failure === null && <Loading />}
        {me !== null && (
          <>
            {data?.listUsers.allowed === true && <People viewerId={me.id} />}
            <Sessions />
            <Account me={me} onChange={reload} />
          </>
        )}
      </main>
    </>
  );
}
