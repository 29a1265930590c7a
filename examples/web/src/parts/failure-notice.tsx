import type { Failure } from '../graphql/failure.js';
import { useSecondsLeft } from './use-seconds-left.js';
import { wordsFor } from './words-for.js';

/** Says why something was not done, and counts down where another try makes sense only later. */
export function FailureNotice({ failure }: { readonly failure: Failure | null }) {
  if (failure === null) return null;
  const { message, points } = wordsFor(failure);
  return (
    <div className="notice notice-failure" data-code={failure.code}>
      <div role="alert">
        <p>{message}</p>
        {points.length > 0 && (
          <ul>
            {points.map((point) => (
              <li key={point}>{point}</li>
            ))}
          </ul>
        )}
      </div>
      {failure.retryAfter !== null && <Countdown seconds={failure.retryAfter} />}
    </div>
  );
}

function Countdown({ seconds }: { readonly seconds: number }) {
  const left = useSecondsLeft(seconds);
  return (
    <p role="timer">
      {left === 0 ? 'Try again now.' : `Try again in ${left} ${left === 1 ? 'second' : 'seconds'}.`}
    </p>
  );
}
