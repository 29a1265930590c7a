import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Server, type Socket } from 'node:net';
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

/** Those who have just been answered are back before this, in milliseconds: together, and none is there in between. */
const ABSENCE_MS = 100;
/** Whoever is waiting for an answer sends nothing meanwhile: after this long without a word, nothing is on its way. */
const QUIET_MS = 10;
/** Some never stop coming. */
const MOST_ROUNDS = 20;
const MOST_TURNS = 200;

/**
 * Watches the callers of a server from now on; to be called before routes are added to it.
 *
 * Once draining has begun each answer closes its connection, so that busy callers leave between two requests, not within
 * one. When all have left for good or the grace is over, requests and answers are held back for some milliseconds: nobody
 * connects anew who is still waiting, and the listener closes while no connection waits to be accepted. One that does would
 * be lost.
 */
export function watchForDraining(
  server: FastifyInstance,
  { graceMs = 1_000 }: DrainingOptions = {},
): Draining {
  /** Each with what is not answered on it yet: of answers that wait for one before them, Node does not tell that they are off. */
  const connections = new Map<Socket, Set<ServerResponse>>();
  /** A caller may ask again before the last answer has come. A connection closes with the last one. */
  const newest = new WeakMap<Socket, ServerResponse>();
  const departures = new EventEmitter();
  let arrivals = 0;
  let draining: Promise<void> | undefined;
  let hold: Promise<void> | undefined;

  const watch = (socket: Socket) => {
    arrivals += 1;
    const known = connections.get(socket);
    if (known) return known;
    const unanswered = new Set<ServerResponse>();
    connections.set(socket, unanswered);
    socket.once('close', () => {
      connections.delete(socket);
      departures.emit('departure');
    });
    return unanswered;
  };
  const unlessHeld = (proceed: () => void) => (hold ? void hold.then(proceed) : proceed());

  server.server.on('connection', watch);
  server.addHook('onRequest', ({ raw: { socket } }, { raw: response }, done) => {
    const unanswered = watch(socket).add(response);
    newest.set(socket, response);
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

  /** Waits for as many departures as it takes, but no longer than the signal says. */
  const until = async (isSo: () => boolean, signal?: AbortSignal) => {
    while (!isSo() && !signal?.aborted) {
      await once(departures, 'departure', { signal }).catch(() => undefined);
    }
  };
  const untilEmpty = (signal: AbortSignal) => until(() => connections.size === 0, signal);
  const isAllAnswered = () => [...connections.values()].every(({ size }) => size === 0);
  const nobodyComesDuring = async (pause: Promise<unknown>) => {
    const before = arrivals;
    await pause;
    return arrivals === before;
  };

  const untilLeft = async (signal: AbortSignal) => {
    const absence = () => sleep(ABSENCE_MS, undefined, { signal }).catch(() => undefined);
    do await untilEmpty(signal);
    while (!(await nobodyComesDuring(absence())) && !signal.aborted);
  };

  const closeListener = async () => {
    let release = () => {};
    hold = new Promise((resolve) => (release = resolve));
    let rounds = 0;
    while (!(await nobodyComesDuring(sleep(QUIET_MS))) && ++rounds < MOST_ROUNDS);
    // A turn of the event loop accepts whoever waits, one at a time: one in which nobody came leaves nobody.
    let turns = 0;
    while (!(await nobodyComesDuring(nextTurn())) && ++turns < MOST_TURNS);
    // The close of an HTTP server would also destroy connections whose answer is written and not yet read.
    Server.prototype.close.call(server.server);
    const isAllRead = [...connections.keys()].every(({ writableLength }) => writableLength === 0);
    if (isAllRead) server.server.closeIdleConnections();
    hold = undefined;
    release();
  };

  const drain = async () => {
    const early = [...connections.keys()];
    await untilLeft(AbortSignal.timeout(graceMs));
    await closeListener();
    // Node keeps these for a first request to come; they have had the whole grace to send one.
    hangUpOnSilent(early);
    await untilEmpty(AbortSignal.timeout(graceMs));
    hangUpOnSilent(connections.keys());
    await until(isAllAnswered);
  };

  return {
    isUnderWay: () => draining !== undefined,
    begin: () => (draining ??= drain()),
    cutOff() {
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

function hangUpOnSilent(sockets: Iterable<Socket>): void {
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
}
