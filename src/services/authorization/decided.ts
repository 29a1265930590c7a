import type { Decision } from './decision.js';
import type { SourcedVerdict } from './decision-wave.js';
import type { OpenQuestion } from './inquiry.js';
import type { EntityUid } from './question.js';

/** A decision of one question. A page takes hundreds, and mostly of each but whether it allows: the rest is made when asked for. */
export class Decided implements Decision {
  readonly #open: OpenQuestion;
  readonly #verdict: SourcedVerdict;

  constructor(
    open: OpenQuestion,
    readonly resource: EntityUid,
    verdict: SourcedVerdict,
  ) {
    this.#open = open;
    this.#verdict = verdict;
  }

  get allowed() {
    return this.reason === 'PERMITTED';
  }

  get effect() {
    return this.allowed ? 'ALLOW' : 'DENY';
  }

  get reason() {
    return this.#verdict.verdict.reason;
  }

  get principal() {
    return this.#open.principal;
  }

  get action() {
    return this.#open.action;
  }

  get determiningPolicies() {
    return this.#verdict.verdict.determiningPolicies;
  }

  get errors() {
    return this.#verdict.verdict.errors;
  }

  get source() {
    return this.#verdict.source;
  }

  get evaluatedAt() {
    return new Date(this.#verdict.evaluatedAt);
  }
}
