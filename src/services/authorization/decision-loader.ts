import DataLoader from 'dataloader';

import type { CedarSchema } from '../cedar/schema.js';
import { isPromise, whenOneKnown, type MaybePromise } from '../maybe-promise.js';
import { Decided } from './decided.js';
import type { Decision } from './decision.js';
import {
  decideWave,
  invalid,
  UNAVAILABLE,
  type Check,
  type SourcedVerdict,
  type WaveServices,
} from './decision-wave.js';
import type { EntityMemory, NamedEntity } from './entity-source.js';
import { Inquiry, type OpenQuestion } from './inquiry.js';
import type { PolicyCatalog } from './policy-catalog.js';
import { screenInquiry, screenResource } from './question-check.js';
import { resourceText, uidText, type EntityUid, type Question } from './question.js';
import type { AskerFacts } from './service-context.js';

/** What the decisions of one loader took. */
export interface DecisionStats {
  /** Distinct checks. */
  readonly checks: number;
  /** Rounds in which they were asked: those of one tick share a round. */
  readonly waves: number;
}

export interface DecideOptions {
  /** Given where the principal is who is signed in here; it overrules the question's context. */
  readonly asker?: AskerFacts | undefined;
  /** When the asker's credential ends: the answer is not remembered beyond that. */
  readonly notAfter?: Date | undefined;
  /** Whether the engine is asked whatever is remembered. */
  readonly fresh?: boolean | undefined;
}

/** The one way to a decision, one for each request. */
export interface DecisionLoader {
  /**
   * Decides: at once where the answer is remembered and can be found without reading anything, else with whatever is asked
   * within the same tick. What was asked before is not asked again. Never throws nor rejects: what cannot be decided is denied
   * as UNAVAILABLE.
   */
  decide(question: Question, options?: DecideOptions): MaybePromise<Decision>;
  /** The same for one resource after another, which costs less than whole questions. */
  inquire(open: OpenQuestion, options?: DecideOptions): (resource: EntityUid) => MaybePromise<Decision>;
  readonly stats: DecisionStats;
}

export interface DecisionLoaderOptions extends WaveServices {
  readonly catalog: Pick<PolicyCatalog, 'schema'>;
}

export const createDecisionLoader = (options: DecisionLoaderOptions): DecisionLoader =>
  new RequestDecisions(options);

/** A schema, once it was read: a store may have none. */
interface ReadSchema {
  readonly schema: CedarSchema | undefined;
}

type About = Pick<Question, 'resource' | 'resourceAttributes'>;

/** What is asked and known in one request. */
class RequestDecisions implements DecisionLoader {
  readonly #services: DecisionLoaderOptions;
  readonly #waves: DataLoader<Check, SourcedVerdict, string>;
  readonly #stats = { checks: 0, waves: 0 };
  /** One for the whole request. */
  #read: MaybePromise<ReadSchema> | undefined;
  /** Gathers whom to read. */
  #gathering: Promise<void> | undefined;
  /** The read that began last, until it is over. */
  #reading: Promise<void> | undefined;
  /** By `uidText`. */
  readonly #unread = { principals: new Map<string, EntityUid>(), others: new Map<string, EntityUid>() };
  /** Questions that were asked anew, whatever was known of them; once is enough for a request. */
  readonly #askedAnew = new Set<string>();
  /** Until whatever waits goes on, it is still the same time: to look at the clock for each answer costs as much as that. */
  #now: number | undefined;
  /** How many were answered from memory since that was last reported, likewise. */
  readonly #remembered = new Map<Decision['reason'], number>();

  constructor(services: DecisionLoaderOptions) {
    this.#services = services;
    this.#waves = new DataLoader(
      async (wave) => {
        this.#stats.checks += wave.length;
        this.#stats.waves += 1;
        const read = await this.#read;
        return decideWave(wave, read?.schema, services);
      },
      { cacheKeyFn: ({ text }) => text, batchScheduleFn: (depart) => this.#scheduleWave(depart) },
    );
  }

  get stats(): DecisionStats {
    return this.#stats;
  }

  decide(question: Question, options: DecideOptions = {}): MaybePromise<Decision> {
    return this.#decide(new Asking(question, options), question);
  }

  inquire(open: OpenQuestion, options: DecideOptions = {}): (resource: EntityUid) => MaybePromise<Decision> {
    const asking = new Asking(open, options);
    return (resource) => this.#decide(asking, { resource });
  }

  #decide(asking: Asking, about: About): MaybePromise<Decision> {
    try {
      const verdict = this.#judge(asking, about);
      if (!isPromise(verdict)) return new Decided(asking.open, about.resource, verdict);
      return verdict.then(
        (found) => new Decided(asking.open, about.resource, found),
        (error: unknown) => new Decided(asking.open, about.resource, this.#failed(error)),
      );
    } catch (error) {
      return new Decided(asking.open, about.resource, this.#failed(error));
    }
  }

  #judge(asking: Asking, about: About): MaybePromise<SourcedVerdict> {
    const faults = asking.faultsWith(about);
    if (faults.length > 0) return this.#atOnce(invalid(faults));
    const read = this.#read ?? this.#readSchema();
    return isPromise(read) ? this.#verdictLater(asking, about, read) : this.#verdict(asking, about, read);
  }

  async #verdictLater(asking: Asking, about: About, read: Promise<ReadSchema>): Promise<SourcedVerdict> {
    return this.#verdict(asking, about, await read);
  }

  #readSchema(): MaybePromise<ReadSchema> {
    this.#read = whenOneKnown(this.#services.catalog.schema(), (schema) => (this.#read = { schema }));
    if (isPromise(this.#read)) this.#read.catch(() => (this.#read = undefined));
    return this.#read;
  }

  #verdict(asking: Asking, about: About, { schema }: ReadSchema): MaybePromise<SourcedVerdict> {
    const inquiry = asking.inquiry(schema);
    const { fresh } = asking.options;
    if (fresh || inquiry.namesMore || about.resourceAttributes !== undefined) {
      return this.#ask(asking, inquiry, about);
    }
    const resource = { uid: about.resource, text: uidText(about.resource) };
    const remembered = this.#peek(inquiry, resource);
    if (remembered !== undefined) return remembered;
    const { memory } = this.#services.entities;
    // Nobody is read for a question that makes no sense.
    if (!asking.makesSense(resource.uid.type, schema) || !memory?.awaits(inquiry.principal, resource)) {
      return this.#ask(asking, inquiry, about);
    }
    return this.#readTogether(memory, inquiry.principal, resource).then(
      () => this.#peek(inquiry, resource) ?? this.#ask(asking, inquiry, about),
    );
  }

  /** Reads at once whom the questions are about that are asked in this tick. */
  #readTogether(memory: EntityMemory, principal: NamedEntity, resource: NamedEntity): Promise<void> {
    const { principals, others } = this.#unread;
    principals.set(principal.text, principal.uid);
    others.set(resource.text, resource.uid);
    this.#gathering ??= Promise.resolve().then(async () => {
      const demand = { principals: [...principals.values()], others: [...others.values()] };
      principals.clear();
      others.clear();
      const reading = memory.read(demand);
      this.#gathering = undefined;
      this.#reading = reading;
      try {
        await reading;
      } finally {
        if (this.#reading === reading) this.#reading = undefined;
      }
    });
    return this.#gathering;
  }

  /**
   * Lets a wave depart once all is asked that is asked in this tick, and once those are read whom that is about: some questions
   * need no read, and the others would else be a wave of their own, with calls of their own.
   */
  #scheduleWave(depart: () => void): void {
    afterThisTick(() => {
      if (this.#reading === undefined) depart();
      else void this.#reading.catch(() => undefined).then(() => afterThisTick(depart));
    });
  }

  /** In a wave, with whatever else has to be. */
  #ask({ options }: Asking, inquiry: Inquiry, about: About): Promise<SourcedVerdict> {
    const { notAfter, fresh } = options;
    const [asked, resource] = [inquiry.text, resourceText(about)];
    const check = {
      question: inquiry.about(about),
      inquiry: asked,
      resource,
      text: `${asked} ${resource}`,
      notAfter: notAfter?.getTime(),
      fresh,
    };
    if (fresh && !this.#askedAnew.has(check.text)) this.#waves.clear(check);
    if (fresh) this.#askedAnew.add(check.text);
    return this.#waves.load(check);
  }

  /** What is remembered of a question about entities that this request has read: no wave is needed to find it. */
  #peek(inquiry: Inquiry, resource: NamedEntity): SourcedVerdict | undefined {
    const { cache, entities } = this.#services;
    const known = entities.memory?.known(inquiry.principal, resource);
    if (known === undefined) return undefined;
    const remembered = cache.peek(
      {
        asked: inquiry.askedBy(known.principal),
        resource: resource.text,
        facts: known.resource,
        principal: inquiry.principal.text,
      },
      (this.#now ??= this.#stopClock()),
    );
    if (remembered === undefined) return undefined;
    const { verdict, evaluatedAt } = remembered;
    this.#remembered.set(verdict.reason, (this.#remembered.get(verdict.reason) ?? 0) + 1);
    return { verdict, source: 'CACHE', evaluatedAt };
  }

  #stopClock(): number {
    queueMicrotask(() => {
      this.#now = undefined;
      this.#report();
    });
    return this.#services.clock.now().getTime();
  }

  #report(): void {
    const { decisions } = this.#services.metrics;
    for (const [reason, number] of this.#remembered) decisions.inc({ reason, source: 'CACHE' }, number);
    this.#remembered.clear();
  }

  #atOnce(verdict: SourcedVerdict['verdict']): SourcedVerdict {
    const { clock, metrics } = this.#services;
    metrics.decisions.inc({ reason: verdict.reason, source: 'ENGINE' });
    return { verdict, source: 'ENGINE', evaluatedAt: clock.now().getTime() };
  }

  #failed(error: unknown): SourcedVerdict {
    this.#services.logger.error({ err: error }, 'A decision failed unexpectedly and is denied.');
    return this.#atOnce(UNAVAILABLE);
  }
}

/** As DataLoader does it: when all promises are settled that can be by now, and whatever that leads to has been asked. */
const afterThisTick = (proceed: () => void): void =>
  void Promise.resolve().then(() => process.nextTick(proceed));

/** A question whose resource is open, and how it is to be decided: screened and made ready once for all its resources. */
class Asking {
  #faults: readonly string[] | undefined;
  #inquiry: Inquiry | undefined;
  /** Of the type of the resource that was asked about last. */
  #sense: { readonly resourceType: string; readonly makesSense: boolean } | undefined;

  constructor(
    readonly open: OpenQuestion,
    readonly options: DecideOptions,
  ) {}

  /** Before anything else is done: the text of a question is made by recursion, which a deep context would turn into a crash. */
  faultsWith(about: About): readonly string[] {
    this.#faults ??= screenInquiry(this.open);
    return this.#faults.length > 0 ? this.#faults : screenResource(this.open.principal, about);
  }

  /** May a question join these, by the schema? Without one anything may. */
  makesSense(resourceType: string, schema: CedarSchema | undefined): boolean {
    if (this.#sense?.resourceType !== resourceType) {
      const { action, principal } = this.open;
      const makesSense = schema?.appliesTo(action, principal.type, resourceType) ?? true;
      this.#sense = { resourceType, makesSense };
    }
    return this.#sense.makesSense;
  }

  inquiry(schema: CedarSchema | undefined): Inquiry {
    return (this.#inquiry ??= new Inquiry(this.open, this.options.asker, schema));
  }
}
