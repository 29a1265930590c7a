import { LRUCache } from 'lru-cache';

import type { DecisionKey } from '../decision-key.js';
import type { RememberedVerdict } from './verdict-text.js';

export interface LocalDecisionsBound {
  readonly maxDecisions: number;
  /** That their keys take, and a constant for each; at least 8. */
  readonly maxCharacters: number;
}

/** What an entry takes besides its key. */
const ENTRY_CHARACTERS = 200;
const MAX_NUMBERED = 20_000;

/** Decisions that this process remembers, those used last. */
export class LocalDecisions {
  readonly #decisions: LRUCache<string, RememberedVerdict>;
  /** A page asks the same of each of its objects, and much the same is known of them: a short key is found several times as fast. */
  readonly #asked: Numbers;
  readonly #facts: Numbers;

  constructor({ maxDecisions, maxCharacters }: LocalDecisionsBound) {
    // Short keys are most of what is kept, and some things have facts of their own.
    const forNumbers = Math.ceil(maxCharacters / 4);
    this.#asked = new Numbers(forNumbers);
    this.#facts = new Numbers(forNumbers);
    this.#decisions = new LRUCache<string, RememberedVerdict>({
      max: maxDecisions,
      maxSize: maxCharacters - 2 * forNumbers,
      sizeCalculation: charactersOf,
    });
  }

  get({ asked, resource, facts }: DecisionKey): RememberedVerdict | undefined {
    const askedNumber = this.#asked.find(asked);
    const factsNumber = this.#facts.find(facts);
    if (askedNumber === undefined || factsNumber === undefined) return undefined;
    return this.#decisions.get(`${askedNumber} ${factsNumber} ${resource}`);
  }

  set({ asked, resource, facts }: DecisionKey, entry: RememberedVerdict): void {
    this.#decisions.set(`${this.#asked.give(asked)} ${this.#facts.give(facts)} ${resource}`, entry);
  }
}

/**
 * Numbers for long texts, from 1. None is given twice, so that what was kept under the number of a text that is forgotten is
 * never found again.
 */
class Numbers {
  readonly #numbers: LRUCache<string, number>;
  /** The one that was found last: what comes next is mostly the same. */
  #last: { readonly text: string; readonly number: number } | undefined;
  #given = 0;

  constructor(maxCharacters: number) {
    this.#numbers = new LRUCache<string, number>({
      max: MAX_NUMBERED,
      maxSize: maxCharacters,
      sizeCalculation: charactersOf,
    });
  }

  find(text: string): number | undefined {
    if (text === this.#last?.text) return this.#last.number;
    const number = this.#numbers.get(text);
    if (number !== undefined) this.#last = { text, number };
    return number;
  }

  give(text: string): number {
    const known = this.find(text);
    if (known !== undefined) return known;
    this.#given += 1;
    this.#numbers.set(text, this.#given);
    return this.#given;
  }
}

const charactersOf = (_: unknown, key: string): number => key.length + ENTRY_CHARACTERS;
