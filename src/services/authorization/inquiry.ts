import type { CedarSchema } from '../cedar/schema.js';
import type { CedarValue } from '../cedar/values.js';
import { askedBy } from './decision-key.js';
import type { NamedEntity } from './entity-source.js';
import { inquiryText, uidText, type Question } from './question.js';
import { withServiceContext, type AskerFacts } from './service-context.js';

/** A question but for its resource. */
export type OpenQuestion = Pick<Question, 'principal' | 'action' | 'context'>;

/**
 * A screened question to be asked of many resources, with what the service knows of the asker: whatever is the same for all
 * of them is found once.
 */
export class Inquiry {
  readonly principal: NamedEntity;
  /** Might its context lead to more entities than its two ends? What the service itself says of the asker does not. */
  readonly namesMore: boolean;
  /** By `inquiryText`. */
  readonly text: string;
  readonly #open: OpenQuestion;
  #asked: { readonly facts: string; readonly text: string } | undefined;

  constructor(
    { principal, action, context }: OpenQuestion,
    asker: AskerFacts | undefined,
    schema: CedarSchema | undefined,
  ) {
    const told = asker === undefined ? context : withServiceContext({ action, context }, asker, schema);
    this.#open = { principal, action, context: told };
    this.text = inquiryText(this.#open);
    this.principal = { uid: principal, text: uidText(principal) };
    this.namesMore = !Object.values(told).every(isPlain);
  }

  /** The whole question. */
  about({ resource, resourceAttributes }: Pick<Question, 'resource' | 'resourceAttributes'>): Question {
    return { ...this.#open, resource, ...(resourceAttributes && { resourceAttributes }) };
  }

  /** `asked` of its key, by what is known of its principal; see `askedBy`. */
  askedBy(facts: string): string {
    if (this.#asked?.facts !== facts) this.#asked = { facts, text: askedBy(this.text, facts) };
    return this.#asked.text;
  }
}

const isPlain = (value: CedarValue): boolean =>
  typeof value !== 'object' || (Array.isArray(value) && value.every((item) => typeof item !== 'object'));
