import type { Chance } from '../chance.js';
import type { Step } from '../stage.js';
import { checkOf, type Check, type CheckGround } from './checks.js';
import { MALFORMED, type Posted } from './malformed.js';
import type { Asker } from './people.js';

/** A check of an operation. */
export interface CheckStep extends Step {
  readonly check: Check;
}

/** `decision` or `decisions`, under an alias. */
export interface Field {
  readonly alias: string;
  readonly steps: readonly CheckStep[];
  readonly isList: boolean;
  /** As it is written; undefined where it is left out. */
  readonly fresh: string | undefined;
}

/** An operation, laid out. */
export interface Operation {
  readonly asker: Asker;
  readonly fields: readonly Field[];
  /** What nothing but an error may come of. */
  readonly malformation?: { readonly name: string; readonly make: (posted: Posted) => Posted };
}

const SELECTION = `{
  allowed effect reason source errors
  principal { type id } action { type id } resource { type id }
  determiningPolicies { id }
}`;

/** Of so many different checks an operation is made at most. */
const DIFFERENT = 25;

export function operationOf(chance: Chance, ground: CheckGround, askers: readonly Asker[]): Operation {
  const asker = chance.pick(askers);
  const fork = chance.fork();
  if (chance.happens(0.2)) {
    const [name, malform] = chance.pick(Object.entries(MALFORMED));
    return {
      asker,
      fields: [fieldOf(chance, 0, [checkOf(chance, ground, asker)], true)],
      malformation: { name, make: (posted) => malform(posted, fork) },
    };
  }
  const different = chance.list(1, DIFFERENT, () => checkOf(chance, ground, asker));
  const most = chance.happens(0.05) ? 250 : 12;
  return {
    asker,
    fields: chance.list(1, 4, (nth) => {
      const isList = chance.happens(0.7);
      const checks = chance.list(1, isList ? most : 1, () => chance.pick(different));
      return fieldOf(chance, nth, checks, isList);
    }),
  };
}

const fieldOf = (chance: Chance, nth: number, checks: readonly Check[], isList: boolean): Field => ({
  alias: `c${nth}`,
  steps: checks.map((check) => ({ check, shown: check.sent })),
  isList,
  fresh: chance.pick([undefined, undefined, 'true', 'false', 'null']),
});

/** The operation, with no more than these fields of it. */
export function post({ asker }: Operation, fields: readonly Field[]): Posted {
  const variables = fields.map(
    ({ alias, isList }) => `$${alias}: ${isList ? '[DecisionCheck!]!' : 'DecisionCheck!'}`,
  );
  const selections = fields.map(({ alias, isList, fresh }) => {
    const argument = `${isList ? 'checks' : 'check'}: $${alias}${fresh === undefined ? '' : `, fresh: ${fresh}`}`;
    return `${alias}: ${isList ? 'decisions' : 'decision'}(${argument}) ${SELECTION}`;
  });
  const checks = fields.map(({ alias, isList, steps }) => {
    const sent = steps.map(({ check }) => check.sent);
    return [alias, isList ? sent : sent[0]];
  });
  return {
    body: JSON.stringify({
      query: `query (${variables.join(', ')}) { ${selections.join('\n')} }`,
      variables: Object.fromEntries(checks) as object,
    }),
    token: asker.token,
    contentType: 'application/json',
  };
}
