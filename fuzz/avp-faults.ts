import {
  serverError,
  silence,
  tampered,
  throttle,
  exception,
  type Fault,
} from '../test/support/recording-handler.js';
import type { Chance } from './chance.js';

type Result = Readonly<Record<string, unknown>>;
type Tamper = (results: readonly Result[], chance: Chance) => unknown;

/** What may become of the results of a batch; none of it makes an ALLOW of a DENY. */
const RESULTS: Readonly<Record<string, Tamper>> = {
  'fewer results': (results, chance) => chance.some(results),
  'results doubled': (results, chance) => [...results, ...chance.some(results)],
  'results in another order': (results, chance) => chance.shuffled(results),
  'an unknown decision': (results, chance) =>
    results.map((result) => (chance.happens(0.5) ? { ...result, decision: chance.pick(UNKNOWN) } : result)),
  'results for other requests': (results, chance) =>
    results.map((result) =>
      chance.happens(0.5) ? { ...result, request: another(result['request'], chance) } : result,
    ),
  'a nonsense body': (_, chance) =>
    chance.pick<() => unknown>([
      () => null,
      () => 'results',
      () => 5,
      () => ({}),
      () => [null],
      () => [{}],
      () => [[]],
      () => [{ decision: 'ALLOW' }],
      () => [{ decision: 'ALLOW', request: null }],
      () => [{ decision: 'ALLOW', request: { principal: 'a', action: 5, resource: [] } }],
    ])(),
};

const UNKNOWN = ['allow', 'MAYBE', '', null, true, 1, ['ALLOW'], { decision: 'ALLOW' }];

/** A request that looks like the one given. */
function another(request: unknown, chance: Chance): unknown {
  const { principal, resource, context, ...rest } = request as Record<string, object>;
  return chance.pick<() => unknown>([
    () => ({
      ...rest,
      resource,
      context,
      principal: { ...principal, entityId: 'nobody who is asked about' },
    }),
    () => ({ ...rest, principal, context, resource: { ...resource, entityType: 'N::Other' } }),
    () => ({ ...rest, principal, resource, context: { cedarJson: '{"no":"context of ours"}' } }),
    () => ({ ...rest, principal, resource, context: { cedarJson: '{' } }),
    () => ({ ...rest, principal }),
    () => undefined,
  ])();
}

export interface AvpFault {
  readonly name: string;
  /** For one call. */
  readonly make: (operation: string) => Fault | undefined;
}

const always = (name: string, fault: Fault): AvpFault => ({ name, make: () => fault });

export function avpFaultOf(chance: Chance): AvpFault {
  const [tampering, tamper] = chance.pick(Object.entries(RESULTS));
  return chance.pick<AvpFault>([
    always('throttling', throttle),
    always('silence', silence),
    always('a server error', serverError),
    always('access denied', exception('AccessDeniedException')),
    always('a store that is gone', exception('ResourceNotFoundException')),
    ...Array.from({ length: 8 }, () => ({
      name: tampering,
      make: (operation: string) => tampered((output) => tamperWith(operation, output, tamper, chance)),
    })),
  ]);
}

/** Single answers have no results, and get the same treatment as far as it goes. */
function tamperWith(
  operation: string,
  output: Record<string, unknown>,
  tamper: Tamper,
  chance: Chance,
): unknown {
  if (operation === 'BatchIsAuthorized') {
    const results = tamper(output['results'] as Result[], chance);
    return chance.happens(0.1) ? results : { ...output, results };
  }
  return chance.pick<() => unknown>([
    () => ({ ...output, decision: chance.pick(UNKNOWN) }),
    () => ({}),
    () => [],
    () => null,
    () => ({ ...output, determiningPolicies: null, errors: null }),
    () => ({ ...output, determiningPolicies: [{}], errors: [{}] }),
  ])();
}
