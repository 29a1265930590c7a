import type { LoadedEntities } from '../src/services/authorization/entity-source.js';
import type { Chance } from './chance.js';
import type { Ground } from './ground.js';
import { ENGINE_DEADLINE_MS } from './instance.js';
import type { Mishap } from './mishap.js';
import { calm, mishapsOf } from './mishaps.js';
import { plainQuestion } from './questions.js';
import { makeRequest, requestOf, type Request } from './request.js';
import type { Round, Stage, Step } from './stage.js';
import type { Tally } from './tally.js';
import { Finding, judge } from './verdict.js';
import { createWorld, type World } from './world.js';

/** Rounds that ask the decision path itself, within this process. */
export async function openWorldStage(ground: Ground, chance: Chance, tally: Tally): Promise<Stage> {
  const world = await createWorld(ground, chance);
  return {
    nextRound: (next) => roundOf(ground, world, next, tally),
    close: () => world.close(),
  };
}

interface Plan {
  readonly mishaps: readonly Mishap[];
  readonly requests: readonly Request[];
  /** For each instance what it is asked once nothing goes wrong any more. */
  readonly recoveries: readonly Request[];
}

function roundOf(ground: Ground, world: World, chance: Chance, tally: Tally): Round {
  const plan: Plan = {
    mishaps: mishapsOf(ground, world, chance, tally),
    requests: chance.list(1, 3, () => requestOf(world, chance)),
    recoveries: world.instances.map((instance) => recoveryOf(instance, world, chance)),
  };
  const steps = [
    ...plan.mishaps,
    ...plan.requests.flatMap(({ spoiling, asks }) => [...(spoiling ? [spoiling] : []), ...asks]),
  ];
  return { steps, play: (kept) => play(ground, world, plan, kept, tally) };
}

/** Asks some questions while things go wrong, then another one when nothing does. */
async function play(
  ground: Ground,
  world: World,
  { mishaps: all, requests, recoveries }: Plan,
  kept: ReadonlySet<Step>,
  tally: Tally,
): Promise<void> {
  const mishaps = all.filter((mishap) => kept.has(mishap));
  world.differences();
  const [answers] = await Promise.all([
    Promise.all(requests.map((request) => makeRequest(ground, world, request, kept, tally))),
    ...mishaps.map((mishap) => mishap.happen()),
  ]);
  for (const instance of world.instances) await instance.idle();
  calm(ground, world);
  await world.settle();
  // Where the machine is too busy for the engine's deadline, circuits open as they do when the engine fails.
  const wasSlow = answers.flat().some(({ tookMs }) => tookMs >= ENGINE_DEADLINE_MS);
  const isUndisturbed = !wasSlow && mishaps.every(({ isHarmless }) => isHarmless);
  for (const answered of answers.flat()) judge(ground.bare, answered, isUndisturbed);
  if (isUndisturbed && !mishaps.some(({ changesPolicies }) => changesPolicies)) judgeDifferences(world);
  if (isUndisturbed) return;

  // Longer than any circuit stays open, or any engine rests.
  ground.clock.advance(61_000);
  for (const recovery of recoveries) {
    const recovered = await makeRequest(ground, world, recovery, { has: () => true }, tally);
    for (const answered of recovered) judge(ground.bare, answered, true);
  }
}

const NOTHING_KNOWN: LoadedEntities = { entities: [], absent: new Set(), failed: new Map() };

/** What only an engine answers. */
const recoveryOf = (instance: Request['instance'], { model }: World, chance: Chance): Request => ({
  instance,
  asks: [{ shown: { question: plainQuestion(chance, model), fresh: true } }],
  asksAgain: false,
  loaded: NOTHING_KNOWN,
  delaysMs: [0, 0],
});

/** @throws Finding where two engines were found to differ */
function judgeDifferences(world: World): void {
  const [difference] = world.differences();
  if (difference === undefined) return;
  throw new Finding('Two engines differ by the same policies.', { difference, setting: world.engine });
}
