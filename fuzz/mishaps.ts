import { setTimeout as sleep } from 'node:timers/promises';

import { formatUid } from '../src/services/cedar/values.js';
import type { Chance } from './chance.js';
import type { Ground } from './ground.js';
import type { Mishap } from './mishap.js';
import { spoiledAnswers } from './spoiled-answers.js';
import type { Tally } from './tally.js';
import { anyUid } from './values.js';
import type { World } from './world.js';

export function mishapsOf(ground: Ground, world: World, chance: Chance, tally: Tally): Mishap[] {
  const makers: readonly (readonly [often: number, make: () => Mishap | undefined])[] = [
    [0.3, () => spoiledAnswers(world.avp, chance, tally)],
    [0.1, () => traps(ground, chance, tally)],
    [0.3, () => spoiledRedis(ground, world, chance, tally)],
    [0.3, () => changedPolicies(world, chance, tally)],
    [0.2, () => forgottenPrincipal(world, chance)],
  ];
  return makers.flatMap(([often, make]) => (chance.happens(often) ? (make() ?? []) : []));
}

/** Ends what goes on by itself. */
export function calm(ground: Ground, { avp }: World): void {
  avp.disturb(() => undefined);
  ground.cedar.trap(() => false);
}

function traps({ cedar }: Ground, from: Chance, tally: Tally): Mishap {
  const often = from.pick([0.02, 0.2]);
  const chance = from.fork();
  return {
    shown: `a trap in wasm, ${often} of the calls`,
    isHarmless: false,
    happen: async () =>
      cedar.trap(() => {
        const isDue = chance.happens(often);
        if (isDue) tally.count('faults', 'a trap in wasm');
        return isDue;
      }),
  };
}

function spoiledRedis(
  { redisFaults }: Ground,
  { sharing }: World,
  from: Chance,
  tally: Tally,
): Mishap | undefined {
  const chance = from.fork();
  if (sharing !== 'Redis' || redisFaults === undefined) return undefined;
  const { name, strike } = redisFaults.choose(chance);
  return {
    shown: name,
    isHarmless: true,
    async happen() {
      await sleep(chance.below(3));
      await strike();
      tally.count('faults', name);
    },
  };
}

function changedPolicies(world: World, from: Chance, tally: Tally): Mishap {
  const chance = from.fork();
  const changes = chance.between(1, 2);
  return {
    shown: `${changes} changes of policies`,
    isHarmless: true,
    changesPolicies: true,
    async happen() {
      for (let change = 0; change < changes; change += 1) {
        await sleep(chance.below(5));
        await world.change(chance);
        tally.count('faults', 'a change of policies');
      }
    },
  };
}

function forgottenPrincipal({ instances, model }: World, chance: Chance): Mishap {
  const principal = formatUid(anyUid(chance, model));
  return {
    shown: `${principal} is forgotten`,
    isHarmless: true,
    // Where it cannot be made known, nothing is remembered either.
    happen: async () => instances[0]?.cache.forgetPrincipal(principal).catch(() => undefined),
  };
}
