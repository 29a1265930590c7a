import { setTimeout as sleep } from 'node:timers/promises';

import { createDecisionLoader, type DecisionLoader } from '../src/services/authorization/decision-loader.js';
import type { Decision } from '../src/services/authorization/decision.js';
import type { LoadedEntities } from '../src/services/authorization/entity-source.js';
import { formatUid, type CedarEntity } from '../src/services/cedar/values.js';
import { avpFaultOf } from './avp-faults.js';
import type { Chance } from './chance.js';
import type { Ground } from './ground.js';
import { plainQuestion, questionOf, type FuzzQuestion } from './questions.js';
import type { Tally } from './tally.js';
import { anyUid, plainEntities, spoilEntities } from './values.js';
import { judge } from './verdict.js';
import { ENGINE_DEADLINE_MS, type Instance, type Reign, type World } from './world.js';

/** A question with its answer, and all that it is to be judged by. */
export interface Answered extends FuzzQuestion {
  readonly decision: Decision;
  readonly tookMs: number;
  /** From the beginning of the request to the answer. */
  readonly sinceMs: number;
  readonly reigns: readonly Reign[];
  readonly loaded: LoadedEntities;
  /** Whether nothing stood in the way of the answer. */
  readonly isUndisturbed: boolean;
  readonly world: World;
}

/** The patience of a request with the engine. */
export const DEADLINE_MS = 400;
/** Nobody waits longer: the deadline, what Redis is waited for, and what a busy machine needs. */
const LONGEST_MS = 5_000;

/** Asks some questions while things go wrong, then another one when nothing does. @throws Finding */
export async function playRound(ground: Ground, world: World, chance: Chance, tally: Tally): Promise<void> {
  const disturbance = disturb(ground, world, chance, tally);
  const requests = Array.from({ length: chance.between(1, 3) }, () =>
    requestOf(ground, world, chance, tally),
  );
  const answers = await Promise.all([
    ...requests.map((request) => request()),
    disturbance.happen().then(() => []),
  ]);
  disturbance.end();
  await world.settle();
  // Where the machine is too busy for the engine's deadline, circuits open as they do when the engine fails.
  const wasSlow = answers.flat().some(({ tookMs }) => tookMs >= ENGINE_DEADLINE_MS);
  const isUndisturbed = disturbance.isHarmless && !wasSlow;
  for (const answered of answers.flat()) judge(ground.bare, { ...answered, isUndisturbed });
  if (isUndisturbed) return;

  // Longer than any circuit stays open, or any engine rests.
  ground.clock.advance(61_000);
  for (const instance of world.instances) {
    const recovered = await requestOf(ground, world, chance, tally, {
      instance,
      questions: [recovery(world, chance)],
      known: NOTHING_KNOWN,
    })();
    for (const answered of recovered) judge(ground.bare, { ...answered, isUndisturbed: true });
  }
}

interface Request {
  readonly instance: Instance;
  readonly questions: readonly FuzzQuestion[];
  /** Chosen when left out. */
  readonly known: LoadedEntities;
}

/** Lays out a request, which is then made: in one wave of questions or in two. */
function requestOf(
  ground: Ground,
  world: World,
  chance: Chance,
  tally: Tally,
  {
    instance = chance.pick(world.instances),
    questions = questionsOf(world, chance),
    known,
  }: Partial<Request> = {},
) {
  const loaded = known ?? entitiesOf(world, chance, tally);
  const twice = chance.happens(0.2) ? questions.slice(0, 3) : [];
  const { authorizer, cache, catalog } = instance;
  const { clock, logger, metrics } = ground;
  tally.count('engines', `${world.engine} over ${world.sharing}`);
  const delays = [chance.below(4), chance.below(4)];
  const loader = createDecisionLoader({
    clock,
    logger,
    metrics,
    authorizer,
    cache,
    catalog,
    entities: { load: async () => loaded },
    deadline: () => AbortSignal.timeout(DEADLINE_MS),
  });

  return async (): Promise<Omit<Answered, 'isUndisturbed'>[]> => {
    const answers: Omit<Answered, 'isUndisturbed'>[] = [];
    // What a request has asked it does not ask again: all its answers may be as old as itself.
    const mark = world.mark();
    const began = performance.now();
    for (const [number, wave] of [questions, twice].entries()) {
      await sleep(delays[number]);
      const asked = wave.map((question) => askOne(loader, world, mark, question));
      for (const answered of await Promise.all(asked)) {
        tally.decided(answered.decision, answered.tookMs);
        if (answered.fault !== undefined) tally.count('questions at fault', answered.fault);
        answers.push({ ...answered, sinceMs: performance.now() - began, loaded, world });
      }
    }
    return answers;
  };
}

const NOTHING_KNOWN: LoadedEntities = { entities: [], absent: new Set(), failed: new Map() };

/** What only an engine answers. */
const recovery = ({ model }: World, chance: Chance): FuzzQuestion => ({
  question: plainQuestion(chance, model),
  fresh: true,
});

const questionsOf = (world: World, chance: Chance): FuzzQuestion[] =>
  chance.list(1, 40, () => askable(world, chance));

/** A question as was asked before, or another one. */
function askable({ asked, model }: World, chance: Chance): FuzzQuestion {
  if (asked.length > 0 && chance.happens(0.5)) return chance.pick(asked);
  const question = questionOf(chance, model);
  if (asked.length < 30) asked.push(question);
  return question;
}

async function askOne(loader: DecisionLoader, world: World, mark: number, asked: FuzzQuestion) {
  const began = performance.now();
  const { question, asker, fresh } = asked;
  const decision = await Promise.race([
    loader.decide(question, { asker, fresh }),
    sleep(LONGEST_MS, undefined, { ref: false }),
  ]);
  if (decision === undefined) throw new Error(`There is no answer after ${LONGEST_MS} ms.`);
  return { ...asked, decision, tookMs: performance.now() - began, reigns: world.since(mark) };
}

/** What is known in a request, of whom some do not exist and some cannot be read. */
function entitiesOf({ model, entities: known }: World, chance: Chance, tally: Tally): LoadedEntities {
  let entities: readonly CedarEntity[] = chance.happens(0.75) ? known : plainEntities(chance, model);
  if (chance.happens(0.15)) {
    const spoiled = spoilEntities(chance, model, entities);
    entities = spoiled.entities;
    tally.count('faults', `entities: ${spoiled.fault}`);
  }
  const some = () => (chance.happens(0.1) ? [formatUid(anyUid(chance, model))] : []);
  return {
    entities,
    absent: new Set(some()),
    failed: new Map(some().map((uid) => [uid, new Error('unread')])),
  };
}

interface Disturbance {
  /** Whether every question can be answered all the same. */
  readonly isHarmless: boolean;
  /** What happens while questions are under way. */
  happen(): Promise<void>;
  end(): void;
}

function disturb(ground: Ground, world: World, chance: Chance, tally: Tally): Disturbance {
  const avpFault = chance.happens(0.3) ? avpFaultOf(chance) : undefined;
  const isTrapping = chance.happens(0.1);
  const [often, oftenTrapped] = [chance.pick([0.2, 0.6, 1]), chance.pick([0.02, 0.2])];
  const redisFaults = world.sharing === 'Redis' && chance.happens(0.3) ? ground.redisFaults : undefined;
  const changes = chance.happens(0.3) ? chance.between(1, 2) : 0;
  const forgotten = chance.happens(0.2) ? formatUid(anyUid(chance, world.model)) : undefined;

  if (avpFault !== undefined) {
    world.avp.disturb(({ operation }) => {
      if (!operation.endsWith('IsAuthorized') || !chance.happens(often)) return undefined;
      tally.count('faults', avpFault.name);
      return avpFault.make(operation);
    });
  }
  if (isTrapping) {
    ground.cedar.trap(() => {
      const isDue = chance.happens(oftenTrapped);
      if (isDue) tally.count('faults', 'a trap in wasm');
      return isDue;
    });
  }

  return {
    isHarmless: avpFault === undefined && !isTrapping,
    async happen() {
      await Promise.all([
        redisFaults?.strike(chance).then((fault) => tally.count('faults', fault)),
        (async () => {
          for (let change = 0; change < changes; change += 1) {
            await sleep(chance.below(5));
            await world.change(chance);
            tally.count('faults', 'a change of policies');
          }
        })(),
        forgotten !== undefined &&
          world.instances[0]?.cache.forgetPrincipal(forgotten).catch(() => undefined),
      ]);
    },
    end() {
      world.avp.disturb(() => undefined);
      ground.cedar.trap(() => false);
    },
  };
}
