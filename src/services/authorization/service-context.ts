import type { CedarSchema } from '../cedar/schema.js';
import type { CedarRecord, Question } from './question.js';

/** What the service itself knows of how the asker of a question got in; each kind of asker has its own. */
export interface AskerFacts {
  /** People: did this sign-in pass a second factor? */
  readonly mfaAuthenticated?: boolean;
  /** Services: what their credential was given for. */
  readonly scopes?: readonly string[];
}

/** What nobody but the service says of an asker. */
const FACTS = ['mfaAuthenticated', 'scopes'] as const satisfies readonly (keyof AskerFacts)[];

/**
 * Puts what the service knows of the asker into the context of a question about the asker, where the action declares it, in
 * place of anything the caller says under that name, be it that there is nothing to say. Without a schema nothing is declared,
 * and policies may read anything, so all facts are put in.
 */
export function withServiceContext(
  { action, context }: Pick<Question, 'action' | 'context'>,
  facts: AskerFacts,
  schema: CedarSchema | undefined,
): CedarRecord {
  const declared = schema?.contextAttributes(action) ?? {};
  const names = FACTS.filter((name) => schema === undefined || Object.hasOwn(declared, name));
  if (names.every((name) => facts[name] === undefined && !Object.hasOwn(context, name))) return context;
  const told = { ...context };
  for (const name of names) {
    const fact = facts[name];
    if (fact === undefined) delete told[name];
    else told[name] = fact;
  }
  return told;
}
