import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import type { FastifyInstance } from 'fastify';

/** How a server that is to end parts with its callers, so that nothing is lost of what they asked. */
export interface Draining {
  /** Whether it has begun. */
  isUnderWay(): boolean;
  /**
   * Has callers leave, takes no more of them, and answers what was asked. Resolves when nobody waits for an answer any more;
   * the server has to be closed then. May be called more than once.
   */
  begin(): Promise<void>;
  /** Breaks off what is still under way. */
  cutOff(): void;
}

export interface DrainingOptions {
  /** For how long callers hear that they should leave while everything is answered, in milliseconds. */
  readonly graceMs?: number;
}

/** Whoever is waiting for an answer sends nothing meanwhile: after this long without a word, nothing is on its way. */
const QUIET_MS = 10;
/** Some never stop coming. */
const MOST_ROUNDS = 20;

/**
 * Watches the callers of a server from now on; to be called before routes are added to it.
 *
 * Once draining has begun each answer closes its connection, so that busy callers leave between two requests, not within
 * one. When all have left or the grace is over, requests and answers are held back for some milliseconds: nobody connects
 * anew who is still waiting, and the listener closes while no connection waits to be accepted. One that does would be lost.
 */
export function watchForDraining(
  server: FastifyInstance,
  { graceMs = 1_000 }: DrainingOptions = {},
): Draining {
  const connections = new Set<Socket>();
  const unanswered = new Set<ServerResponse>();
  /** A caller may ask again before the last answer has come. A connection closes with the last one. */
  const newest = new WeakMap<Socket, ServerResponse>();
  const departures = new EventEmitter();
  let arrivals = 0;
  let draining: Promise<void> | undefined;
  let hold: Promise<void> | undefined;

  const watch = (socket: Socket) => {
    arrivals += 1;
    if (connections.has(socket)) return;
    connections.add(socket);
    socket.once('close', () => {
      connections.delete(socket);
      departures.emit('departure');
    });
  };
  const unlessHeld = (proceed: () => void) => (hold ? void hold.then(proceed) : proceed());

  server.server.on('connection', watch);
  server.addHook('onRequest', ({ raw: { socket } }, { raw: response }, done) => {
    watch(socket);
    newest.set(socket, response);
    unanswered.add(response);
    response.once('close', () => {
      unanswered.delete(response);
      departures.emit('departure');
    });
    unlessHeld(done);
  });
  server.addHook('onSend', ({ raw: { socket } }, reply, _payload, done) => {
    unlessHeld(() => {
      if (draining && newest.get(socket) === reply.raw) void reply.header('connection', 'close');
      done();
    });
  });

  /** Waits for as many departures as it takes, but no longer than given. */
  const until = async (isSo: () => boolean, longestMs?: number) => {
    const signal = longestMs === undefined ? undefined : AbortSignal.timeout(longestMs);
    while (!isSo() && !signal?.aborted) {
      await once(departures, 'departure', { signal }).catch(() => undefined);
    }
  };
  const untilEmpty = () => until(() => connections.size === 0, graceMs);

  const closeListener = async () => {
    let release = () => {};
    hold = new Promise((resolve) => (release = resolve));
    let heard = -1;
    for (let round = 0; round < MOST_ROUNDS && connections.size > 0 && heard !== arrivals; round += 1) {
      heard = arrivals;
      await sleep(QUIET_MS);
    }
    // Right after the event loop has accepted and read whatever there was.
    await nextTurn();
    server.server.close();
    hold = undefined;
    release();
  };

  const drain = async () => {
    const early = [...connections];
    await untilEmpty();
    await closeListener();
    // Node keeps these for a first request to come; they have had the whole grace to send one.
    hangUpOnSilent(early);
    await untilEmpty();
    hangUpOnSilent(connections);
    await until(() => unanswered.size === 0);
  };

  return {
    isUnderWay: () => draining !== undefined,
    begin: () => (draining ??= drain()),
    cutOff() {
      for (const socket of connections) socket.destroy();
    },
  };
}

function hangUpOnSilent(connections: Iterable<Socket>): void {
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
}
