/** Choices that a seed decides: the same seed makes the same ones. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Of a part of the work that has a number, whatever was chosen before it. */
  static of(seed: number, part: number): Chance {
    return new Chance(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(part + 1, 0xc2b2ae35));
  }

  /** Chances apart: however many are taken of the one, the other's are the same. */
  fork(): Chance {
    return new Chance(this.below(2 ** 32));
  }

  /** `0 <= n < 1`, by mulberry32. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer, `0 <= n < bound`. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True so often of one time. */
  happens(often: number): boolean {
    return this.fraction() < often;
  }

  /** @throws RangeError where there is nothing to pick from */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('There is nothing to pick from.');
    return from[this.below(from.length)] as T;
  }

  /** Up to so many, in their order. */
  some<T>(from: readonly T[], most = from.length): T[] {
    const often = Math.min(1, this.fraction() * 1.2);
    return from.filter(() => this.happens(often)).slice(0, most);
  }

  shuffled<T>(from: readonly T[]): T[] {
    return from
      .map((item) => [this.fraction(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  }

  list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.between(least, most) }, (_, index) => make(index));
  }
}
