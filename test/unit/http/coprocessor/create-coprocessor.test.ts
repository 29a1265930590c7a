import pino from 'pino';
import { expect, it } from 'vitest';

import { PortcullisError } from '../../../../src/errors.js';
import { createCoprocessor } from '../../../../src/http/coprocessor/create-coprocessor.js';
import type { Credential } from '../../../../src/services/authentication/viewer.js';
import type { Services } from '../../../../src/services/index.js';
import { createMetrics } from '../../../../src/services/telemetry/metrics.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { testRandomness } from '../../../support/test-randomness.js';

const KEY = 'hive::authorization::required_policies';
const clock = new FakeClock();
const service: Credential = {
  kind: 'service',
  service: { id: 'orders', scopes: [], expiresAt: new Date(clock.now().getTime() + 60_000) },
};

interface Given {
  readonly credential: Credential | Promise<Credential>;
  /** When patience ends. */
  readonly signal?: AbortSignal;
  /** Reads the schema that policies are held against. */
  readonly schema?: () => Promise<never>;
}

async function ask({ credential, signal, schema }: Given) {
  const metrics = createMetrics();
  const services = {
    authentication: { authenticate: async () => credential },
    policyCatalog: { schema },
    metrics,
    clock,
    logger: pino({ level: 'silent' }),
  } as unknown as Services;
  const { server } = await createCoprocessor({
    services,
    readiness: { report: async () => ({ status: 'up', checks: {} }) },
    randomness: testRandomness,
    production: true,
    gatewaySecrets: [],
    isLocal: true,
    ...(signal && { deadline: () => signal }),
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${url}/coprocessor`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({
      version: 1,
      stage: 'graphql.analysis',
      context: { [KEY]: { listUsers: null, nonsense$: null } },
    }),
  });
  const { context } = (await answer.json()) as { context?: Record<string, unknown> };
  await server.close();
  const { values } = await metrics.routerPolicies.get();
  const counted = Object.fromEntries(
    values.map(({ labels, value }): [string, number] => [String(labels.outcome), value]),
  );
  return { status: answer.status, decided: context?.[KEY], counted };
}

const never = new Promise<never>(() => {});
const NONE = { listUsers: false, nonsense$: false };

it('denies what is not decided in time, and has what is', async () => {
  const patience = new AbortController();
  const schema = () => {
    patience.abort();
    return never;
  };
  expect(await ask({ credential: service, schema, signal: patience.signal })).toEqual({
    status: 200,
    decided: NONE,
    counted: { unavailable: 1, invalid: 1 },
  });
});

it('denies all where it cannot be told in time who asks', async () => {
  expect(await ask({ credential: never, signal: AbortSignal.abort() })).toEqual({
    status: 200,
    decided: NONE,
    counted: { unavailable: 2 },
  });
});

it('tells who could not be judged from who is nobody', async () => {
  const error = new PortcullisError(
    'UPSTREAM_UNAVAILABLE',
    'The credential cannot be checked at the moment.',
  );
  const refused = new PortcullisError('UNAUTHENTICATED', 'The credential is not valid.');
  const countedOf = async (credential: Credential) => (await ask({ credential })).counted;
  expect(await countedOf({ kind: 'rejected', error })).toEqual({ unavailable: 2 });
  expect(await countedOf({ kind: 'rejected', error: refused })).toEqual({ anonymous: 2 });
  expect(await countedOf({ kind: 'anonymous' })).toEqual({ anonymous: 2 });
});
