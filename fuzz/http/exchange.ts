import type { Step } from '../stage.js';
import type { Tally } from '../tally.js';
import { Finding } from '../verdict.js';
import { judgeSent, type HttpBench } from './http-verdict.js';
import { post, type Field, type Operation } from './operations.js';
import { send, type Answer } from './response.js';

/** Sends what is kept of an operation, and judges the answer. @throws Finding */
export type Exchange = (
  operation: Operation,
  kept: { has(step: Step): boolean },
  isUndisturbed: boolean,
) => Promise<void>;

export function createExchange(url: string, bench: HttpBench, tally: Tally): Exchange {
  return async (operation, kept, isUndisturbed) => {
    const { asker, malformation } = operation;
    const fields = operation.fields
      .map((field) => ({ ...field, steps: field.steps.filter((step) => kept.has(step)) }))
      .filter(({ steps }) => steps.length > 0);
    if (fields.length === 0) return;
    const sound = post(operation, fields);
    const posted = malformation?.make(sound) ?? sound;
    const about = { asker: asker.name, malformation: malformation?.name };
    const answer = await send(url, posted, about);
    const { data, codes, tookMs } = answer;
    tally.tookOverHttp(tookMs);
    tally.count('over HTTP', malformation?.name ?? `asked by ${asker.name}`);
    for (const code of codes) tally.count('refused over HTTP', code);

    const evidence = { ...about, body: posted.body.slice(0, 2_000), data, codes };
    if (malformation !== undefined) {
      if (codes.length === 0) throw new Finding(`There is no error for ${malformation.name}.`, evidence);
      if (JSON.stringify(data).includes('"allowed":true'))
        throw new Finding(`ALLOW for ${malformation.name}.`, evidence);
      return;
    }
    if (codes.length > 0) {
      // One bad value is a failure of its whole operation where GraphQL itself does not take it.
      if (fields.every(({ steps }) => steps.every(({ check }) => check.asked.fault === undefined)))
        throw new Finding('A sound operation is refused.', evidence);
      if (data !== null) throw new Finding('An operation is refused in part.', evidence);
      return;
    }
    for (const field of fields) {
      for (const [index, decision] of decisionsOf(answer, field).entries()) {
        const check = field.steps[index]?.check;
        if (check === undefined) continue;
        tally.decided(decision);
        judgeSent(bench, asker, check, decision, isUndisturbed);
      }
    }
  };
}

/** One for each check. @throws Finding */
function decisionsOf({ data }: Answer, { alias, isList, steps }: Field) {
  const answered = data?.[alias];
  const decisions = isList ? answered : [answered];
  if (!Array.isArray(decisions) || decisions.length !== steps.length || decisions.includes(undefined))
    throw new Finding('Not an answer for each check.', { checks: steps.length, answered });
  return decisions as Extract<NonNullable<typeof answered>, readonly unknown[]>;
}
