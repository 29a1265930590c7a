import { setTimeout as sleep } from 'node:timers/promises';

import { createDecisionLoader, type DecisionLoader } from '../src/services/authorization/decision-loader.js';
import type { LoadedEntities } from '../src/services/authorization/entity-source.js';
import { collectUids } from '../src/services/cedar/entity-closure.js';
import { formatUid, type CedarEntity, type EntityUid } from '../src/services/cedar/values.js';
import type { Answered } from './answered.js';
import type { Chance } from './chance.js';
import type { Ground } from './ground.js';
import { ENGINE_DEADLINE_MS, type Instance } from './instance.js';
import { qualified } from './model.js';
import { questionOf, rephrased, type FuzzQuestion } from './questions.js';
import type { Step } from './stage.js';
import type { Tally } from './tally.js';
import { anyUid, exchanged, plainEntities, spoilEntities } from './values.js';
import type { World } from './world.js';

/** The patience of a request with the engine. */
export const DEADLINE_MS = 400;
/** Nobody waits longer: the deadline, what Redis is waited for, and what a busy machine needs. */
const LONGEST_MS = 5_000;
/** So many of its questions a request asks twice, if any. */
const ASKED_AGAIN = 3;

/** A question of a request. */
export interface Ask extends Step {
  readonly shown: FuzzQuestion;
}

/** What is wrong with some of the entities of a request. */
interface Spoiling extends Step {
  readonly fault: string;
  readonly loaded: LoadedEntities;
}

/** A request, laid out. */
export interface Request {
  readonly instance: Instance;
  readonly asks: readonly Ask[];
  readonly asksAgain: boolean;
  readonly loaded: LoadedEntities;
  readonly spoiling?: Spoiling;
  /** How long it waits before each of its two waves of questions. */
  readonly delaysMs: readonly [number, number];
}

export function requestOf(world: World, chance: Chance): Request {
  const { model } = world;
  const subject = subjectOf(world, chance);
  const { entities } = subject;
  const some = () => (chance.happens(0.1) ? [formatUid(anyUid(chance, model))] : []);
  const absent = new Set(some());
  const failed = new Map(some().map((uid) => [uid, new Error('unread')]));
  const spoiled = chance.happens(0.15) ? spoilEntities(chance, model, entities) : undefined;
  return {
    instance: chance.pick(world.instances),
    asks: chance.list(1, 40, () => ({ shown: askable(world, chance, subject) })),
    asksAgain: chance.happens(0.2),
    loaded: { entities, absent, failed },
    ...(spoiled && {
      spoiling: {
        shown: `entities: ${spoiled.fault}`,
        fault: spoiled.fault,
        loaded: { entities: spoiled.entities, absent, failed },
      },
    }),
    delaysMs: [chance.below(4), chance.below(4)],
  };
}

/** What a request is about. */
interface Subject {
  readonly entities: readonly CedarEntity[];
  /** Asked before, of which this request asks more. */
  readonly question?: FuzzQuestion;
}

/** The entities that all rounds know, mostly; or with two whom a question names in each other's places; or entities of its own. */
function subjectOf({ asked, model, entities: known }: World, chance: Chance): Subject {
  const pairs = chance.happens(0.4) ? asked.flatMap((question) => pairOf(question, known)) : [];
  if (pairs.length > 0) {
    const { question, pair } = chance.pick(pairs);
    return { question, entities: chance.happens(0.5) ? known : exchanged(known, pair) };
  }
  return { entities: chance.happens(0.75) ? known : plainEntities(chance, model) };
}

interface Pair {
  readonly question: FuzzQuestion;
  readonly pair: readonly [CedarEntity, CedarEntity];
}

/** Two of one type whom the context of a question names, if it names two that are known. */
function pairOf(question: FuzzQuestion, known: readonly CedarEntity[]): Pair[] {
  if (question.fault !== undefined) return [];
  const named = new Set<string>();
  collectUids(question.question.context, (uid) => named.add(formatUid(uid)));
  const [one, ...others] = known.filter(({ uid }) => named.has(formatUid(uid)));
  const other = others.find(({ uid }) => uid.type === one?.uid.type);
  return one && other ? [{ question, pair: [one, other] }] : [];
}

/** A question as was asked before, perhaps in other words, or another one. */
function askable({ asked, model }: World, chance: Chance, { question: known }: Subject): FuzzQuestion {
  if (known !== undefined && chance.happens(0.5)) return rephrased(chance, known);
  if (asked.length > 0 && chance.happens(0.5)) {
    const before = chance.pick(asked);
    return chance.happens(0.3) && before.fault === undefined ? rephrased(chance, before) : before;
  }
  const question = questionOf(chance, model);
  if (asked.length < 30) asked.push(question);
  return question;
}

/** Asks what is kept of a request, in one wave of questions or in two. */
export async function makeRequest(
  ground: Ground,
  world: World,
  { instance, asks, asksAgain, loaded: plain, spoiling, delaysMs }: Request,
  kept: { has(step: Step): boolean },
  tally: Tally,
): Promise<Answered[]> {
  const isSpoiled = spoiling !== undefined && kept.has(spoiling);
  const loaded = isSpoiled ? spoiling.loaded : plain;
  if (isSpoiled) tally.count('faults', `entities: ${spoiling.fault}`);
  tally.count('engines', `${world.engine} over ${world.sharing}`);
  const loader = createDecisionLoader({
    ...ground,
    ...instance,
    entities: { load: async () => loaded },
    deadline: () => AbortSignal.timeout(DEADLINE_MS),
  });
  const questions = asks.filter((ask) => kept.has(ask)).map(({ shown }) => shown);
  const answers: Answered[] = [];
  // What a request has asked it does not ask again: all its answers may be as old as itself.
  const mark = world.reigns.mark();
  const began = performance.now();
  for (const [number, wave] of [questions, asksAgain ? questions.slice(0, ASKED_AGAIN) : []].entries()) {
    await sleep(delaysMs[number]);
    const asked = wave.map((question) => askOne(loader, question));
    for (const { decision, tookMs, ...question } of await Promise.all(asked)) {
      tally.decided(decision);
      tally.took(tookMs);
      if (question.fault !== undefined) tally.count('questions at fault', question.fault);
      answers.push({
        ...question,
        decision,
        tookMs,
        isLate: performance.now() - began >= ENGINE_DEADLINE_MS,
        reigns: world.reigns.since(mark),
        loaded,
        declared: declaredIn(world, question.question.action),
        setting: `${world.engine} over ${world.sharing}`,
      });
    }
  }
  return answers;
}

function declaredIn({ model, hasSchema }: World, { type, id }: EntityUid): readonly string[] | undefined {
  if (!hasSchema) return undefined;
  const isKnown = type === qualified(model, 'Action') && Object.hasOwn(model.actions, id);
  return Object.keys((isKnown && model.actions[id]?.context) || {});
}

async function askOne(loader: DecisionLoader, asked: FuzzQuestion) {
  const began = performance.now();
  const { question, asker, fresh } = asked;
  const decision = await Promise.race([
    loader.decide(question, { asker, fresh }),
    sleep(LONGEST_MS, undefined, { ref: false }),
  ]);
  if (decision === undefined) throw new Error(`There is no answer after ${LONGEST_MS} ms.`);
  return { ...asked, decision, tookMs: performance.now() - began };
}
