import type { CedarSchema } from '../cedar/schema.js';
import type { Question } from './question.js';

/** What the service itself knows of the sign-in that a question comes from. */
export interface AskerFacts {
  /** Did this sign-in pass a second factor? */
  readonly mfaAuthenticated: boolean;
}

/**
 * Puts what the service knows of the asker into the context of a question about the asker, where the action declares it, in
 * place of anything the caller says under that name. Without a schema nothing is declared, and policies may read anything,
 * so all facts are put in.
 */
export function withServiceContext(
  question: Question,
  facts: AskerFacts,
  schema: CedarSchema | undefined,
): Question {
  const declared = schema?.contextAttributes(question.action) ?? {};
  const known = Object.entries(facts).filter(
    ([name]) => schema === undefined || Object.hasOwn(declared, name),
  );
  if (known.length === 0) return question;
  return { ...question, context: { ...question.context, ...Object.fromEntries(known) } };
}
