import type { GuardContext, Path, Refusal, TrialDenial } from './directives/guard-context.js';
import type { LimitReport, RateLimitContext } from './directives/rate-limiter.js';
import { badUserInput, PortcullisError, unauthenticated } from './errors.js';
import {
  credentialEndOf,
  factsOf,
  isService,
  principalOf,
  type Asker,
} from './services/authentication/asker.js';
import type { Subject } from './services/authentication/subject-token.js';
import type { Credential, ReadViewer, Viewer } from './services/authentication/viewer.js';
import type { Decision } from './services/authorization/decision.js';
import { broughtSize, type Brought } from './services/authorization/brought-size.js';
import { createDecisionLoader, type DecisionLoader } from './services/authorization/decision-loader.js';
import {
  createIdentityEntitySource,
  type IdentityEntitySource,
} from './services/authorization/entity-source.js';
import { qualifyAction, userUid } from './services/authorization/names.js';
import { uidText, type CedarRecord, type EntityUid } from './services/authorization/question.js';
import { RequestLoaders } from './request-loaders.js';
import type { Services } from './services/index.js';
import type { MaybePromise } from './services/maybe-promise.js';
import type { ServiceCaller } from './services/service-callers/service-caller.js';
import type { ClientAddress } from './services/sessions/session.js';
import type { UserRecord } from './services/users/user-store.js';

/** How many checks one query may bring. */
const MAX_CHECKS = 1_000;
/** How much all of them bring, in characters, by who brings it. */
const MAX_BROUGHT = { person: 1_048_576, service: 8_388_608, gateway: 8_388_608 } as const;

const NO_CONTEXT: CedarRecord = {};

interface AskOptions {
  readonly context?: CedarRecord | undefined;
  /** Whether the engine is asked whatever is remembered. */
  readonly fresh?: boolean | undefined;
}

/** What else came with a request. */
export interface Delivery {
  /** Does it come from a gateway that has proved itself? */
  readonly isFromGateway?: boolean;
  /** What came in `x-subject-token`; not judged before it is asked for. Never logged. */
  readonly subjectToken?: string | undefined;
}

/** Asks one thing of one resource after another. */
type Inquire = (resource: EntityUid) => MaybePromise<Decision>;

/**
 * What one request knows: who asks, from where, what was read and what was decided.
 *
 * Apollo Server hands out a shallow clone of it, which has no access to #private members.
 */
export class RequestContext implements GuardContext, RateLimitContext {
  private ownLoaders: RequestLoaders | undefined;
  private ownDecisions: DecisionLoader | undefined;
  private ownEntities: IdentityEntitySource | undefined;
  private ownDeadline: AbortSignal | undefined;
  private subject: Promise<Subject> | undefined;
  private readonly signedIn = new Map<string | number, Viewer>();
  private readonly filtered = new Set<string>();
  private readonly metLimits = new Map<string, LimitReport>();
  /** Who asks, as read to judge the credential; undefined once that may be different. */
  private read: ReadViewer | undefined;
  /** People who were read by other means than the loaders: in lists, and with the credential. */
  private learned = new Map<string, UserRecord>();
  private checks = 0;
  private brought = 0;
  /** By who asks and the name of a type: the guards of one type say nothing of another's. */
  private admitted = new Map<Asker, Map<string, Set<object>>>();
  /** What is asked of more than one resource, by who asks, the action and the type of the resource. */
  private inquiries = new Map<Asker, Map<string, Map<string, Inquire>>>();
  private readonly trialDenials = new Set<string>();
  private firstRefusal: Refusal | undefined;

  constructor(
    readonly services: Services,
    readonly requestId: string,
    readonly client: ClientAddress,
    private credential: Credential,
    private readonly delivery: Delivery = {},
  ) {
    if (credential.kind === 'viewer') this.read = credential.read;
  }

  /** The same reads are shared by everything below one root field; see {@link forget}. */
  get loaders(): RequestLoaders {
    if (this.ownLoaders !== undefined) return this.ownLoaders;
    if (this.read) this.learned.set(this.read.person.id, this.read.person);
    return (this.ownLoaders = new RequestLoaders(this.services, this.learned, this.read));
  }

  /** Takes people for read who were read in a list. */
  learn(users: readonly UserRecord[]): void {
    for (const user of users) {
      this.learned.set(user.id, user);
      this.entities.learn(user);
    }
  }

  /**
   * Who asks at this place of the operation, a person or a service; null when nobody is signed in. Below a
   * sign-in mutation it is whoever just signed in.
   *
   * @throws PortcullisError UNAUTHENTICATED where a credential was sent that is no good, and
   * UPSTREAM_UNAVAILABLE where it could not be judged.
   */
  asker(path: Path): Asker | null {
    if (this.signedIn.size > 0) {
      const signedIn = this.signedIn.get(rootKey(path));
      if (signedIn !== undefined) return signedIn;
    }
    switch (this.credential.kind) {
      case 'rejected':
        throw this.credential.error;
      case 'viewer':
        return this.credential.viewer;
      case 'service':
        return this.credential.service;
      case 'anonymous':
        return null;
    }
  }

  /** The same, where nothing goes without. */
  requireAsker(path: Path): Asker {
    const asker = this.asker(path);
    if (asker === null) throw unauthenticated();
    return asker;
  }

  /** To resolvers this is the context itself. */
  get resolverContext(): this {
    return this;
  }

  /** The person who asks, as the policies name them; undefined for a service. */
  accountOf(asker: Asker): EntityUid | undefined {
    return isService(asker) ? undefined : userUid(asker.userId);
  }

  /** The person who asks; null when nobody does, or a service. Throws as {@link asker} does. */
  viewer(path: Path): Viewer | null {
    const asker = this.asker(path);
    return asker === null || isService(asker) ? null : asker;
  }

  /** The person who asks, where nobody else will do: FORBIDDEN for a service. */
  requireViewer(path: Path): Viewer {
    const asker = this.requireAsker(path);
    if (isService(asker)) throw new PortcullisError('FORBIDDEN', 'Only people do this.');
    return asker;
  }

  /** The service that asks; null when nobody does, or a person. Throws as {@link asker} does. */
  service(path: Path): ServiceCaller | null {
    const asker = this.asker(path);
    return asker !== null && isService(asker) ? asker : null;
  }

  /**
   * The person on whose behalf a service asks decisions; undefined where they are asked on nobody's. For everything else the
   * service stays who asks. The token is judged once in a request.
   *
   * @throws PortcullisError (or rejects with it) UNAUTHENTICATED where the token is no good, another code where it could not be
   * judged, and FORBIDDEN where no service brings it
   */
  subjectOf(asker: Asker): MaybePromise<Viewer | undefined> {
    const { subjectToken } = this.delivery;
    if (subjectToken === undefined) return undefined;
    if (!isService(asker)) {
      throw new PortcullisError('FORBIDDEN', 'Only services ask on behalf of a person.');
    }
    this.subject ??= this.readSubject(subjectToken);
    return this.subject.then(({ viewer }) => viewer);
  }

  /** Does it come from a gateway that has proved itself? */
  get isFromGateway(): boolean {
    return this.delivery.isFromGateway ?? false;
  }

  /** Whom the credential of this request names; null where it names nobody, or is no good. It never throws. */
  get callerId(): string | null {
    switch (this.credential.kind) {
      case 'viewer':
        return this.credential.viewer.userId;
      case 'service':
        return this.credential.service.id;
      default:
        return null;
    }
  }

  /** Makes `viewer` the viewer of everything below the root field of `path`. */
  signIn(path: Path, viewer: Viewer): void {
    this.signedIn.set(rootKey(path), viewer);
  }

  /** The credential of this request has ended: nothing after it is done in its name. */
  signOut(): void {
    this.credential = { kind: 'rejected', error: unauthenticated() };
  }

  /** The asker's own question. It never throws nor rejects: what cannot be decided is a denial. */
  ask(
    asker: Asker,
    action: string,
    resource: EntityUid,
    { context = NO_CONTEXT, fresh }: AskOptions = {},
  ): MaybePromise<Decision> {
    if (context === NO_CONTEXT && !fresh) return this.inquiry(asker, action, resource.type)(resource);
    return this.inquire(asker, action, resource.type, { context, fresh })(resource);
  }

  /** All decisions of this request are asked through here: deduplicated, and batched by tick. */
  get decisions(): DecisionLoader {
    return (this.ownDecisions ??= this.createDecisions());
  }

  /** Was this very object found readable already, as one of this type, by the asker of this place? */
  isAdmitted(object: object, typeName: string, path: Path): boolean {
    return this.admitted.get(this.requireAsker(path))?.get(typeName)?.has(object) ?? false;
  }

  admit(object: object, typeName: string, path: Path): void {
    const byType = within(this.admitted, this.requireAsker(path));
    const objects = byType.get(typeName) ?? new Set();
    byType.set(typeName, objects.add(object));
  }

  /**
   * Counts the checks that the fields of this request bring, all together.
   *
   * @throws PortcullisError BAD_USER_INPUT beyond {@link MAX_CHECKS}
   */
  admitChecks(count: number): void {
    this.checks += count;
    if (this.checks > MAX_CHECKS) {
      throw badUserInput(`A query brings at most ${MAX_CHECKS} checks.`, { argument: 'checks' });
    }
  }

  /**
   * Counts what the checks of this request bring, all together: as much as a body of whoever brings it may hold, be it that they
   * share it.
   *
   * @throws PortcullisError OPERATION_TOO_COMPLEX beyond that
   */
  admitBrought(by: keyof typeof MAX_BROUGHT, checks: readonly Brought[]): void {
    const most = MAX_BROUGHT[by];
    this.brought += broughtSize(checks);
    if (this.brought > most) {
      throw new PortcullisError(
        'OPERATION_TOO_COMPLEX',
        `The contexts and attributes of all checks have at most ${most} characters. Ask for less at once.`,
        { details: { argument: 'checks' } },
      );
    }
  }

  get checksLeft(): number {
    return Math.max(0, MAX_CHECKS - this.checks);
  }

  /** Notes what came of a limit; of several times the one that leaves least. */
  noteLimit(report: LimitReport): void {
    const leftBy = ({ state }: LimitReport) => state?.remaining ?? Infinity;
    const known = this.metLimits.get(report.name);
    if (known === undefined || leftBy(report) <= leftBy(known)) this.metLimits.set(report.name, report);
  }

  /** The limits that this operation met. */
  get limits(): readonly LimitReport[] {
    return [...this.metLimits.values()];
  }

  /** Notes an item that was left out of a list; each is counted once. */
  noteFiltered(resource: EntityUid): void {
    this.filtered.add(uidText(resource));
  }

  get filteredCount(): number {
    return this.filtered.size;
  }

  /** Counts what a guard on trial would have denied, and logs it once for each field and reason. */
  noteDryRun({ field, action, resourceType, reason }: TrialDenial): void {
    const { metrics, logger } = this.services;
    metrics.dryRunDenials.inc({ field, action, reason });
    const key = `${field} ${action} ${reason}`;
    if (this.trialDenials.has(key)) return;
    this.trialDenials.add(key);
    logger.info(
      { requestId: this.requestId, field, action, resourceType, reason },
      'A guard on trial would have denied.',
    );
  }

  get refusal(): Refusal | undefined {
    return this.firstRefusal;
  }

  refuse(refusal: Refusal): void {
    this.firstRefusal ??= refusal;
  }

  /** Drops all that was read and decided: a mutation has changed what it rests on, or is not to rest on what was. */
  forget(): void {
    this.read = undefined;
    this.learned = new Map();
    this.ownLoaders = undefined;
    this.ownDecisions = undefined;
    this.ownEntities = undefined;
    this.admitted = new Map();
    this.inquiries = new Map();
  }

  private inquiry(asker: Asker, action: string, resourceType: string): Inquire {
    const ofAction = within(within(this.inquiries, asker), action);
    const known = ofAction.get(resourceType);
    if (known !== undefined) return known;
    const inquiry = this.inquire(asker, action, resourceType, {});
    ofAction.set(resourceType, inquiry);
    return inquiry;
  }

  private inquire(
    asker: Asker,
    action: string,
    resourceType: string,
    { context = NO_CONTEXT, fresh }: AskOptions,
  ): Inquire {
    return this.decisions.inquire(
      { principal: principalOf(asker), action: qualifyAction(action, resourceType), context },
      { asker: factsOf(asker), notAfter: credentialEndOf(asker), fresh },
    );
  }

  /** What was read to judge the token need not be read again. */
  private async readSubject(token: string): Promise<Subject> {
    const subject = await this.services.authentication.authenticateSubject(token);
    const { person, rolesToCome } = subject.read;
    this.learn([person]);
    this.loaders.roles.prime(person.id, rolesToCome);
    return subject;
  }

  /** What is known of people and sessions to the policies. */
  private get entities(): IdentityEntitySource {
    if (this.ownEntities === undefined) {
      this.ownEntities = createIdentityEntitySource(this.loaders);
      const known = this.read?.roles();
      if (this.read && known) this.ownEntities.learnPrincipal(this.read.person, known);
    }
    return this.ownEntities;
  }

  private createDecisions(): DecisionLoader {
    const { authorizer, decisionCache, policyCatalog, clock, metrics, logger } = this.services;
    return createDecisionLoader({
      authorizer,
      cache: decisionCache,
      catalog: policyCatalog,
      entities: this.entities,
      clock,
      metrics,
      logger,
      deadline: () => (this.ownDeadline ??= AbortSignal.timeout(this.services.decisionDeadlineMs)),
    });
  }
}

/** The map under a key of another, which is made where there is none. */
function within<Key, InnerKey, Value>(maps: Map<Key, Map<InnerKey, Value>>, key: Key): Map<InnerKey, Value> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const made = new Map<InnerKey, Value>();
  maps.set(key, made);
  return made;
}

/** The response key of the root field above a path. */
function rootKey(path: Path): string | number {
  let at = path;
  while (at.prev !== undefined) at = at.prev;
  return at.key;
}
