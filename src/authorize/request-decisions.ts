import DataLoader from 'dataloader';

import type { GuardAnswer } from '../directives/guard-context.js';
import { errorOfDenial } from '../directives/guard.js';
import { qualifyAction } from '../services/authorization/names.js';
import type { EntityUid } from '../services/authorization/question.js';
import { whenOneKnown, type MaybePromise } from '../services/maybe-promise.js';
import { makeError } from './authorization-error.js';
import { packBatches } from './batches.js';
import type { Caller } from './caller.js';
import type { Verdict } from './decision-answer.js';
import { DecisionFailure } from './decision-failure.js';
import type { DecisionService } from './decision-service.js';
import { asAsked, isNameable, type AskedQuestion, type Facts, type SubgraphQuestion } from './question.js';
import type { RememberedVerdicts } from './remembered-verdicts.js';

/** What is said with a question. */
export interface AskOptions {
  /** Of the resource, for the policies. */
  readonly attributes?: Facts | undefined;
  /** Facts of the request, for the policies. */
  readonly context?: Facts | undefined;
}

/** The decisions of one request, for the person whose token it brings. */
export interface Authorizer {
  /**
   * May they do this? False for who is not signed in, and where it cannot be decided.
   *
   * @param action with its namespace where that is not the resource's: `Documents::readDocument`
   */
  can(action: string, resource: EntityUid, options?: AskOptions): Promise<boolean>;
  /** Why they may or not. It never rejects. */
  decide(action: string, resource: EntityUid, options?: AskOptions): Promise<GuardAnswer>;
  /** Rejects with an AuthorizationError unless they may. */
  require(action: string, resource: EntityUid, options?: AskOptions): Promise<void>;
  /** Lets nothing that was decided before count any longer in this request: it has changed what decisions rest on. */
  forget(): void;
}

export interface RequestDecisionsOptions {
  /** Null where nobody is signed in. */
  readonly caller: Caller | null;
  readonly service: DecisionService;
  readonly remembered: RememberedVerdicts;
  readonly onFailure: (failure: DecisionFailure) => void;
}

/** What came of a question. */
type Found = Pick<GuardAnswer, 'allowed' | 'reason'>;

const UNAUTHENTICATED: Found = { allowed: false, reason: 'UNAUTHENTICATED' };
const UNAVAILABLE: Found = { allowed: false, reason: 'UNAVAILABLE' };
const INVALID: Found = { allowed: false, reason: 'INVALID' };

export class RequestDecisions implements Authorizer {
  readonly caller: Caller | null;
  readonly #options: RequestDecisionsOptions;
  #digest: string | undefined;
  /** How often what was decided has been forgotten. From the first time on, Portcullis is asked whatever is remembered. */
  #forgotten = 0;
  #known = new Map<string, Found>();
  #loader: DataLoader<AskedQuestion, Found, string>;

  constructor(options: RequestDecisionsOptions) {
    this.#options = options;
    this.caller = options.caller;
    this.#loader = this.#createLoader();
  }

  async can(action: string, resource: EntityUid, options?: AskOptions): Promise<boolean> {
    return (await this.decide(action, resource, options)).allowed;
  }

  async decide(action: string, resource: EntityUid, options?: AskOptions): Promise<GuardAnswer> {
    return this.ask(action, resource, options);
  }

  async require(action: string, resource: EntityUid, options?: AskOptions): Promise<void> {
    const answer = await this.ask(action, resource, options);
    if (!answer.allowed) throw errorOfDenial(answer, { makeError });
  }

  forget(): void {
    this.#forgotten += 1;
    this.#known = new Map();
    this.#loader = this.#createLoader();
  }

  /** Tells why something could not even be asked. */
  reportUnaskable(cause: unknown): void {
    this.#report(new DecisionFailure('QUESTION', 'What a question was to say could not be had.', { cause }));
  }

  /** Whoever is told decides nothing by failing. */
  #report(failure: DecisionFailure): void {
    try {
      this.#options.onFailure(failure);
    } catch {
      // It has been denied, and nobody here can do more.
    }
  }

  /** At once where the answer is known, else with whatever is asked in this tick. It never throws nor rejects. */
  ask(
    actionName: string,
    { type, id }: EntityUid,
    { attributes, context }: AskOptions = {},
  ): MaybePromise<GuardAnswer> {
    const resource = { type: String(type), id: String(id) };
    const action = qualifyAction(actionName, type);
    const found = this.#find({ action, resource, attributes, context });
    return whenOneKnown(found, ({ allowed, reason }) => ({ allowed, reason, action, resource }));
  }

  #find(question: SubgraphQuestion): MaybePromise<Found> {
    if (this.caller === null) return UNAUTHENTICATED;
    if (!isNameable(question)) return INVALID;
    let asked: AskedQuestion;
    try {
      asked = asAsked(question);
    } catch (cause) {
      this.reportUnaskable(cause);
      return UNAVAILABLE;
    }
    return this.#known.get(asked.check) ?? this.#remembered(asked) ?? this.#loader.load(asked);
  }

  #remembered({ check }: AskedQuestion): Found | undefined {
    return this.#forgotten > 0 ? undefined : this.#options.remembered.find(this.#digestOfToken, check);
  }

  get #digestOfToken(): string {
    return (this.#digest ??= this.#options.remembered.digestOf(this.caller?.accessToken ?? ''));
  }

  /** Whoever waits for one that was forgotten still gets its answers; nobody else does. */
  #createLoader(): DataLoader<AskedQuestion, Found, string> {
    const known = this.#known;
    return new DataLoader(
      async (asked) => {
        const found = await this.#askAll(asked);
        for (const [index, { check }] of asked.entries()) known.set(check, found[index] ?? UNAVAILABLE);
        return found;
      },
      { cacheKeyFn: ({ check }) => check },
    );
  }

  async #askAll(asked: readonly AskedQuestion[]): Promise<readonly Found[]> {
    const sizes = asked.map(({ check }) => Buffer.byteLength(check) + 1);
    const found = await Promise.all(
      packBatches(sizes).map((batch) => this.#askBatch(batch.flatMap((index) => asked[index] ?? []))),
    );
    return found.flat();
  }

  async #askBatch(questions: readonly AskedQuestion[]): Promise<readonly Found[]> {
    const { service, remembered } = this.#options;
    const [forgotten, asOf] = [this.#forgotten, remembered.invalidations];
    const accessToken = this.caller?.accessToken ?? '';
    try {
      const verdicts = await service.ask({
        questions,
        fresh: forgotten > 0,
        accessToken,
        userId: this.caller?.userId,
      });
      if (verdicts === undefined) return questions.map(() => UNAUTHENTICATED);
      // What was asked for before something changed may be of before.
      if (forgotten === this.#forgotten) this.#remember(questions, verdicts, asOf);
      return verdicts;
    } catch (error) {
      this.#report(error as DecisionFailure);
      return questions.map(() => UNAVAILABLE);
    }
  }

  #remember(questions: readonly AskedQuestion[], verdicts: readonly Verdict[], asOf: number): void {
    const { remembered } = this.#options;
    const bounds = { asOf, tokenEndsAt: this.caller?.tokenEndsAt };
    for (const [index, { check }] of questions.entries()) {
      const verdict = verdicts[index];
      if (verdict !== undefined) remembered.remember(this.#digestOfToken, check, verdict, bounds);
    }
  }
}
