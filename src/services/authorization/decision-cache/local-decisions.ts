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
const MAX_ASKED = 10_000;

/** Decisions that this process remembers, those used last. */
export class LocalDecisions {
  readonly #decisions: LRUCache<string, RememberedVerdict>;
  /**
   * A number for what is asked by whom: a page asks the same of each of its objects, and a short text is found several times as
   * fast. None is given twice, so that a decision whose number is forgotten is never found again.
   */
  readonly #numbers: LRUCache<string, number>;
  /** The one that was found last: what is asked next is mostly the same. */
  #last: { readonly asked: string; readonly number: number } | undefined;
  #given = 0;

  constructor({ maxDecisions, maxCharacters }: LocalDecisionsBound) {
    const forNumbers = Math.ceil(maxCharacters / 4);
    this.#decisions = new LRUCache<string, RememberedVerdict>({
      max: maxDecisions,
      maxSize: maxCharacters - forNumbers,
      sizeCalculation: charactersOf,
    });
    this.#numbers = new LRUCache<string, number>({
      max: MAX_ASKED,
      maxSize: forNumbers,
      sizeCalculation: charactersOf,
    });
  }

  get({ asked, about }: DecisionKey): RememberedVerdict | undefined {
    const number = this.#numberOf(asked);
    return number === undefined ? undefined : this.#decisions.get(`${number} ${about}`);
  }

  set({ asked, about }: DecisionKey, entry: RememberedVerdict): void {
    let number = this.#numberOf(asked);
    if (number === undefined) {
      number = this.#given += 1;
      this.#numbers.set(asked, number);
    }
    this.#decisions.set(`${number} ${about}`, entry);
  }

  #numberOf(asked: string): number | undefined {
    if (asked === this.#last?.asked) return this.#last.number;
    const number = this.#numbers.get(asked);
    if (number !== undefined) this.#last = { asked, number };
    return number;
  }
}

const charactersOf = (_: unknown, key: string): number => key.length + ENTRY_CHARACTERS;
