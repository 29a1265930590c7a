import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Services } from '../../services/index.js';
import type { Readiness } from '../../services/readiness/readiness.js';
import { createBareServer, type BareServerOptions } from '../bare-server.js';
import { createSecretCheck, GATEWAY_SECRET_HEADER, refuseImpostors } from '../callers.js';
import type { Draining } from '../draining.js';
import { addHealthRoutes } from '../health-routes.js';
import { refuse } from '../http-errors.js';
import { isDirectAndLocal } from '../local-only.js';
import { CLAIMS_KEY, MalformedMessage, readMessage, type RouterMessage } from './message.js';
import { claimsOf, createPolicyDecider, type DecidePolicies } from './policy-decisions.js';

export const COPROCESSOR_PATH = '/coprocessor';

export interface CoprocessorOptions extends Omit<BareServerOptions, 'corsOrigins'> {
  readonly services: Services;
  readonly readiness: Readiness;
  /** Whether only this machine can reach it: then nobody here has to prove anything. */
  readonly isLocal: boolean;
  /** Makes the signal at which whatever is not decided is denied; {@link DEADLINE_MS} by default. */
  readonly deadline?: () => AbortSignal;
}

/** Routers wait for a second unless told otherwise, and the answer has to get there. */
const DEADLINE_MS = 800;

/** The HTTP server that decides the policies of routers, not listening yet. */
export async function createCoprocessor({
  isLocal,
  deadline = () => AbortSignal.timeout(DEADLINE_MS),
  ...options
}: CoprocessorOptions): Promise<{ server: FastifyInstance; draining: Draining }> {
  const { readiness, gatewaySecrets } = options;
  const services = { ...options.services, decisionDeadlineMs: DEADLINE_MS };
  const { server, draining } = await createBareServer({ ...options, corsOrigins: [] });
  addHealthRoutes(server, { readiness, draining });
  const decide = createPolicyDecider({ services, deadline });
  const isSecret = createSecretCheck(gatewaySecrets);
  let hasWarned = false;

  /** A router in Rust sends no headers of its own, so that the secret may be one of those of its client's request. */
  const isProven = (request: FastifyRequest, message: RouterMessage): boolean => {
    if (request.caller === 'gateway' || (isLocal && isDirectAndLocal(request.raw))) return true;
    const [secret, ...more] = message.header(GATEWAY_SECRET_HEADER);
    return secret !== undefined && more.length === 0 && isSecret(secret);
  };

  server.post(COPROCESSOR_PATH, { onRequest: refuseImpostors }, async (request, reply) => {
    const message = read(request, reply);
    if (message === undefined) return reply;
    if (!isProven(request, message)) {
      return refuse(request, reply, 403, {
        code: 'FORBIDDEN',
        message: 'A router has to prove itself here.',
      });
    }
    if (!hasWarned && message.required.size > 0 && !message.hasHeaders) {
      hasWarned = true;
      services.logger.warn('A router asks for policies and sends no headers: nobody is signed in for it.');
    }
    return message.answer(message.decides ? await changesOf(message, decide, request.id) : {});
  });
  return { server, draining };
}

function read(request: FastifyRequest, reply: FastifyReply): RouterMessage | undefined {
  try {
    return readMessage(request.body);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    refuse(request, reply, 400, { code: 'BAD_REQUEST', message: error.message });
    return undefined;
  }
}

async function changesOf(
  message: RouterMessage,
  decide: DecidePolicies,
  requestId: string,
): Promise<Record<string, unknown>> {
  const { required, wantsClaims } = message;
  const [authorization, ...more] = message.header('authorization');
  const isAsked = required.size > 0 || (wantsClaims && authorization !== undefined);
  if (!isAsked) return {};
  const policies = [...new Set([...required.values()].flat())];
  // Of two credentials nobody can tell which one counts: it is as if there were none that is any good.
  const { granted, asker } = await decide(policies, more.length > 0 ? undefined : authorization, requestId);
  const changes: Record<string, unknown> = {};
  for (const [key, texts] of required) {
    changes[key] = Object.fromEntries(texts.map((text) => [text, granted.get(text) ?? false]));
  }
  if (wantsClaims && asker !== undefined) changes[CLAIMS_KEY] = claimsOf(asker);
  return changes;
}
