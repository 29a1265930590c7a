import { LRUCache } from 'lru-cache';

import type { Clock } from '../../clock.js';
import type { DecisionKey } from '../decision-key.js';
import type { Verdict } from '../decision.js';
import { LocalDecisions } from './local-decisions.js';
import type { KeptDecision, SharedDecisions } from './shared-decisions.js';
import { readVerdict, writeVerdict, type RememberedVerdict } from './verdict-text.js';

/** A question whose answer may be known. */
export interface CacheQuestion extends DecisionKey {
  /** By `uidText`. */
  readonly principal: string;
  /** Milliseconds since the epoch of Unix from which the answer is not kept any longer, such as the end of the asker's token. */
  readonly notAfter?: number | undefined;
  /** Whether the engine is asked whatever is known. */
  readonly fresh?: boolean | undefined;
}

export interface DecisionLookup {
  /** In the order asked; undefined for what the engine has to be asked. */
  readonly found: readonly (RememberedVerdict | undefined)[];
  /** Keeps what the engine said to the questions of these places. To be called once, as soon as it has. */
  readonly keep: (answers: ReadonlyMap<number, Verdict>) => void;
}

/** Answers that were given before, in this process and beyond. */
export interface DecisionCache {
  /** In one round trip to the store, or in none. Never rejects. */
  lookUp(questions: readonly CacheQuestion[]): Promise<DecisionLookup>;
  /**
   * What this process remembers of one question, where that can be told without asking the store.
   * @param now milliseconds since the epoch of Unix, for who asks many questions at once and has looked at the clock
   */
  peek(question: DecisionKey & Pick<CacheQuestion, 'principal'>, now?: number): RememberedVerdict | undefined;
  /** Forgets what was decided of a principal, on every instance. Rejects as `SharedDecisions.renew` does. */
  forgetPrincipal(principal: string): Promise<void>;
  /** The same of everything, since the policies have changed. */
  forgetAll(): Promise<void>;
}

export interface DecisionCacheOptions {
  readonly shared: SharedDecisions;
  /** Names the policies that the engine now answers from; null where nothing may be kept. */
  readonly policies: () => string | null;
  readonly clock: Clock;
  /** How many decisions this process keeps, and how many characters they may take together. */
  readonly maxDecisions?: number;
  readonly maxCharacters?: number;
}

/** Counted from the decision on, however often it is asked for. */
const LIFETIME_MS = 60_000;
/** For how long an epoch is believed without asking the store: renewals are heard of at once, but a message can be lost. */
const EPOCH_LIFETIME_MS = 1_000;
const MAX_SUBJECTS = 10_000;
/** The subject that stands for all policies; no principal is named like this. */
export const POLICIES = 'policies';

interface KnownEpoch {
  readonly epoch: string;
  /** Milliseconds since the epoch of Unix. */
  readonly until: number;
}

/** What a decision must have been made under to count now. */
interface InForce {
  readonly policies: string;
  readonly epochOf: (principal: string) => string | undefined;
}

/** The same for one principal, as far as it is known without asking. */
interface RecentlyInForce {
  readonly principal: string;
  readonly version: string;
  /** Milliseconds since the epoch of Unix. */
  readonly until: number;
  readonly policies: string;
  readonly epoch: string;
}

export function createDecisionCache(options: DecisionCacheOptions): DecisionCache {
  const { shared, policies: policiesNow, clock, maxDecisions = 50_000, maxCharacters = 32_000_000 } = options;
  const decisions = new LocalDecisions({ maxDecisions, maxCharacters });
  const epochs = new LRUCache<string, KnownEpoch>({ max: MAX_SUBJECTS });
  let renewals = 0;
  /** What was last in force for somebody: they ask of one thing after another. */
  let recent: RecentlyInForce | undefined;
  const askedAhead = new Set<string>();

  shared.onRenewed((subjects) => {
    renewals += 1;
    recent = undefined;
    if (subjects === null) epochs.clear();
    else for (const subject of subjects) epochs.delete(subject);
  });

  const label = (version: string, epoch: string) => `${version} ${epoch}`;

  /** What is in force of all of them, as far as this process knows without asking. */
  const known = (version: string, subjects: readonly string[], now: number): InForce | undefined => {
    const told = new Map<string, string>();
    for (const subject of subjects) {
      const entry = epochs.get(subject);
      if (entry === undefined || entry.until <= now) return undefined;
      told.set(subject, entry.epoch);
    }
    return inForceBy(version, told);
  };

  const inForceFor = (principal: string, version: string, now: number): RecentlyInForce | undefined => {
    if (recent?.principal !== principal || recent.version !== version || now >= recent.until) {
      const [policies, own] = [epochs.get(POLICIES), epochs.get(principal)];
      if (policies === undefined || own === undefined) return undefined;
      const until = Math.min(policies.until, own.until);
      if (until <= now) return undefined;
      recent = { principal, version, until, policies: label(version, policies.epoch), epoch: own.epoch };
    }
    if (recent.until - now < EPOCH_LIFETIME_MS / 2) askAhead(principal, version);
    return recent;
  };

  /** Asks for epochs before they are too old to be believed, so that nobody has to wait for that who asks all the time. */
  const askAhead = (principal: string, version: string): void => {
    if (askedAhead.has(principal)) return;
    askedAhead.add(principal);
    void ask(version, [POLICIES, principal], []).finally(() => askedAhead.delete(principal));
  };

  const inForceBy = (version: string, told: ReadonlyMap<string, string>): InForce => ({
    policies: label(version, told.get(POLICIES) ?? ''),
    epochOf: (id) => told.get(id),
  });

  /** What is in force by the store, and what it keeps under the keys. */
  const ask = async (version: string, subjects: readonly string[], keys: readonly string[]) => {
    const renewalsBefore = renewals;
    const read = await shared.read(subjects, keys);
    if (read === null) return undefined;
    const told = new Map(subjects.map((subject, index) => [subject, read.epochs[index] ?? '']));
    // Of a renewal that came in between it is not known which of the two the store has answered.
    if (renewals === renewalsBefore) {
      const until = clock.now().getTime() + EPOCH_LIFETIME_MS;
      recent = undefined;
      for (const [subject, epoch] of told) epochs.set(subject, { epoch, until });
    }
    return {
      inForce: inForceBy(version, told),
      values: new Map(keys.map((key, index) => [key, read.values[index] ?? null])),
    };
  };

  const counts = (
    entry: RememberedVerdict | undefined,
    { principal }: CacheQuestion,
    { policies, epochOf }: InForce,
    now: number,
  ): entry is RememberedVerdict => entry !== undefined && isGood(entry, policies, epochOf(principal), now);

  return {
    async lookUp(questions) {
      const version = policiesNow();
      if (version === null) return NOTHING(questions);
      const now = clock.now().getTime();
      const subjects = [...new Set([POLICIES, ...questions.map(({ principal }) => principal)])];
      const own = questions.map((question) => (question.fresh ? undefined : decisions.get(question)));
      let inForce = known(version, subjects, now);
      const isOpen = (question: CacheQuestion, index: number) =>
        !question.fresh &&
        (inForce === undefined ? own[index] === undefined : !counts(own[index], question, inForce, now));
      const open = questions.filter(isOpen);
      const values = new Map<string, string | null>();
      if (inForce === undefined || open.length > 0) {
        const answer = await ask(version, subjects, open.map(sharedKey));
        if (answer === undefined) return NOTHING(questions);
        inForce = answer.inForce;
        for (const [key, value] of answer.values) values.set(key, value);
      }
      const current = inForce;
      const found = questions.map((question, index) => {
        if (question.fresh) return undefined;
        const mine = own[index];
        if (counts(mine, question, current, now)) return mine;
        const text = values.get(sharedKey(question));
        const theirs = typeof text === 'string' ? readVerdict(text) : undefined;
        if (!counts(theirs, question, current, now)) return undefined;
        // Where the clock of who wrote it is ahead, only the store knows how old it is, and forgets it in time.
        const isDatable = theirs.evaluatedAt <= now && theirs.expiresAt <= theirs.evaluatedAt + LIFETIME_MS;
        if (isDatable) decisions.set(question, theirs);
        return theirs;
      });
      return { found, keep: (answers) => keep(questions, answers, current, version) };
    },

    peek(question, now = clock.now().getTime()) {
      const entry = decisions.get(question);
      const version = entry && policiesNow();
      if (entry === undefined || version === null || version === undefined) return undefined;
      const inForce = inForceFor(question.principal, version, now);
      return inForce && isGood(entry, inForce.policies, inForce.epoch, now) ? entry : undefined;
    },

    forgetPrincipal: (principal) => shared.renew([principal]),
    forgetAll: () => shared.renew([POLICIES]),
  };

  function keep(
    questions: readonly CacheQuestion[],
    answers: ReadonlyMap<number, Verdict>,
    { policies, epochOf }: InForce,
    version: string,
  ): void {
    // Nobody knows from which of the two the answers are.
    if (policiesNow() !== version) return;
    const evaluatedAt = clock.now().getTime();
    const kept: KeptDecision[] = [];
    for (const [index, verdict] of answers) {
      const question = questions[index];
      const epoch = question && epochOf(question.principal);
      if (question === undefined || epoch === undefined || !isKeepable(verdict)) continue;
      const expiresAt = Math.min(evaluatedAt + LIFETIME_MS, question.notAfter ?? Infinity);
      if (expiresAt <= evaluatedAt) continue;
      const entry = { verdict, policies, epoch, evaluatedAt, expiresAt };
      decisions.set(question, entry);
      kept.push({ key: sharedKey(question), value: writeVerdict(entry), ttlMs: expiresAt - evaluatedAt });
    }
    void shared.keep(kept);
  }
}

const sharedKey = ({ asked, resource, facts }: DecisionKey): string => `${asked}\n${resource}\n${facts}`;

/** Is it of what is in force now, and not too old? */
const isGood = (
  entry: RememberedVerdict,
  policies: string,
  epoch: string | undefined,
  now: number,
): boolean => entry.policies === policies && entry.epoch === epoch && now < entry.expiresAt;

/** Nothing is known, and nothing is kept. */
const NOTHING = (questions: readonly CacheQuestion[]): DecisionLookup => ({
  found: questions.map(() => undefined),
  keep: () => {},
});

/** What could not be decided, or not without an error, may be decided otherwise the next time. */
const isKeepable = ({ reason, errors }: Verdict): boolean =>
  errors.length === 0 && reason !== 'INVALID' && reason !== 'UNAVAILABLE';
