import type { RecordingHandler } from '../test/support/recording-handler.js';
import { avpFaultOf } from './avp-faults.js';
import type { Chance } from './chance.js';
import type { Mishap } from './mishap.js';
import type { Tally } from './tally.js';

/**
 * Verified Permissions answers otherwise than it should, until it is told to stop.
 *
 * @param isPatient whether there is time for what is never answered
 */
export function spoiledAnswers(avp: RecordingHandler, from: Chance, tally: Tally, isPatient = true): Mishap {
  const often = from.pick([0.2, 0.6, 1]);
  const chance = from.fork();
  const { name, make } = avpFaultOf(chance);
  return {
    shown: `${name}, ${often} of the calls`,
    isHarmless: false,
    happen: async () =>
      avp.disturb(({ operation }) => {
        if (!operation.endsWith('IsAuthorized') || !chance.happens(often)) return undefined;
        const fault = make(operation);
        if (fault?.kind === 'silence' && !isPatient) return undefined;
        tally.count('faults', name);
        return fault;
      }),
  };
}
