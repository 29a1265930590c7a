import type { GraphQLFieldExtensions } from 'graphql';

import type { Path } from '../directives/guard-context.js';

export type { GuardContext, Path } from '../directives/guard-context.js';

/** Asks those guards of a root field that refuse operations and need no more than its arguments. A denial is noted in the context. */
export type DecideAhead = (
  args: Readonly<Record<string, unknown>>,
  context: unknown,
  responseKey: string,
) => Promise<unknown>;

const NAME = 'portcullisDecideAhead';

/** The extensions of a field of which something is decided before the operation is executed. */
export const withDecideAhead = (
  extensions: Readonly<GraphQLFieldExtensions<unknown, never>> | null | undefined,
  decide: DecideAhead,
) => ({ ...extensions, [NAME]: decide });

/** What is to be decided of a field before the operation is executed; undefined where nothing is. */
export const decideAheadOf = ({
  extensions,
}: {
  readonly extensions: Readonly<Record<string, unknown>>;
}): DecideAhead | undefined => extensions[NAME] as DecideAhead | undefined;

/** A place in an operation as errors have it. */
export function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) keys.unshift(at.key);
  return keys;
}
