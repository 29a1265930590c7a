import { setTimeout as sleep } from 'node:timers/promises';

import type { BareEngine } from '../bare-engine.js';
import type { Chance } from '../chance.js';
import { DOCUMENTS } from '../model.js';
import { policiesOf } from '../policies.js';
import { plainQuestion } from '../questions.js';
import { spoiledAnswers } from '../spoiled-answers.js';
import type { Round, Stage } from '../stage.js';
import type { Tally } from '../tally.js';
import { Finding } from '../verdict.js';
import { createExchange } from './exchange.js';
import type { HttpBench } from './http-verdict.js';
import { operationOf, type Operation } from './operations.js';
import { signInAll, type Asker } from './people.js';
import type { Served } from './served.js';

/** Longer than a policy takes that was written, until the service decides by it. */
const WRITTEN_BY_MS = 10_000;

const CANARY = { type: 'Docs::V1::Person', id: 'canary' };

/** Rounds that ask the service itself, under its own policies and made-up ones. */
export async function openHttpStage(
  served: Served,
  bare: BareEngine,
  chance: Chance,
  tally: Tally,
): Promise<Stage> {
  const { written, own, schema, validatesRequests } = served;
  const { askers, sessions } = await signInAll(served);
  for (const policy of policiesOf(chance, DOCUMENTS)) await written.write(policy);
  // Written last, so that all the others are in force once it is.
  const canary = await written.write({
    statement: `forbid (principal == ${CANARY.type}::"${CANARY.id}", action, resource);`,
  });
  await untilInForce(served, canary, true);
  const policies = new Map([...own, ...written.all()]);
  const bench: HttpBench = {
    ...{ bare, schema },
    policies: { policies, schema: schema.json, validatesRequests },
    entities: [...served.people, ...sessions],
  };
  return {
    nextRound: (next) => roundOf(served, bench, askers, next, tally),
    async close() {
      for (const policyId of written.all().keys()) await written.remove(policyId);
      await untilInForce(served, canary, false);
    },
  };
}

/** @throws Finding where the service does not hear of it */
async function untilInForce(
  { app }: Served,
  policyId: string | undefined,
  isInForce: boolean,
): Promise<void> {
  if (policyId === undefined) throw new Error('The policy store takes no policy at all.');
  const { authorizer } = app.app.services;
  const question = {
    principal: CANARY,
    action: { type: 'Docs::V1::Action', id: 'read' },
    resource: { type: 'Docs::V1::Folder', id: 'a' },
    context: {},
  };
  const until = performance.now() + WRITTEN_BY_MS;
  while (performance.now() < until) {
    const [ruling] = await authorizer.authorize([question], []);
    const decides = ruling?.kind === 'answered' && ruling.determiningPolicies.includes(policyId);
    if (ruling?.kind === 'answered' && decides === isInForce) return;
    await sleep(20);
  }
  throw new Finding('The service does not go by what is written.', { policyId, isInForce });
}

function roundOf(
  served: Served,
  bench: HttpBench,
  askers: readonly Asker[],
  chance: Chance,
  tally: Tally,
): Round {
  const mishap = chance.happens(0.25) ? spoiledAnswers(served.avp, chance, tally, false) : undefined;
  const operations = chance.list(1, 4, () => operationOf(chance, bench, askers));
  const recovery = recoveryOf(chance, askers);
  const steps = operations.flatMap(({ fields }) => fields.flatMap((field) => field.steps));
  return {
    steps: [...(mishap ? [mishap] : []), ...steps],
    async play(kept) {
      const isDisturbed = mishap !== undefined && kept.has(mishap);
      if (isDisturbed) await mishap.happen();
      const exchange = createExchange(served.app.url, bench, tally);
      const asked = operations.map((one) => exchange(one, kept, !isDisturbed));
      // Whatever becomes of one, the others are not left under way.
      const ended = await Promise.allSettled(asked);
      served.avp.disturb(() => undefined);
      for (const one of ended) if (one.status === 'rejected') throw one.reason;
      // Longer than any circuit stays open.
      if (isDisturbed) served.clock.advance(61_000);
      await exchange(recovery, { has: () => true }, true);
    },
  };
}

/** What only an engine answers. */
function recoveryOf(chance: Chance, askers: readonly Asker[]): Operation {
  const asker = chance.pick(askers);
  const { resource } = plainQuestion(chance, DOCUMENTS);
  const sent = { action: 'Docs::V1::read', resource: { type: 'Docs::V1::Folder', id: resource.id } };
  const question = {
    principal: asker.uid,
    action: { type: 'Docs::V1::Action', id: 'read' },
    resource: sent.resource,
    context: {},
  };
  const step = { shown: sent, check: { sent, asked: { question, fault: 'another type' } } };
  return { asker, fields: [{ alias: 'c0', steps: [step], isList: false, fresh: 'true' }] };
}
