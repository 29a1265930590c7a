import type { BarePolicies } from './bare-engine.js';

/** Policies that are in force for a time, by the count of marks. */
export interface Reign {
  readonly policies: BarePolicies;
  readonly began: number;
  /** From when on no instance goes by them any more. */
  readonly ended: number;
}

type Changing = { -readonly [Member in keyof Reign]: Reign[Member] };

/** Which policies were in force when: those that follow each other overlap for a while. */
export class Reigns {
  #marks = 0;
  readonly #all: Changing[];

  constructor(policies: BarePolicies) {
    this.#all = [{ policies, began: 0, ended: Infinity }];
  }

  /** The present moment, to ask later which policies have been in force since. */
  mark(): number {
    return (this.#marks += 1);
  }

  /**
   * All the policies that may have answered a question which was asked at that moment and is answered now. What is just
   * being written is known only when it is.
   */
  since(mark: number): readonly Reign[] {
    return this.#all.filter(({ ended }) => ended > mark);
  }

  /** From now on these may be in force, and what was before may be still. They are put right once they are written. */
  begin(policies: BarePolicies): Changing {
    const reign = { policies, began: this.mark(), ended: Infinity };
    this.#all.push(reign);
    return reign;
  }

  /** No instance goes any more by what was before this one. */
  endBefore(current: Reign): void {
    const ended = this.mark();
    for (const reign of this.#all)
      if (reign.began < current.began) reign.ended = Math.min(reign.ended, ended);
  }

  /** The latest, where others may still be in force beside it. */
  get contested(): Reign | undefined {
    const current = this.#all.at(-1);
    return this.#all.some((reign) => reign !== current && reign.ended === Infinity) ? current : undefined;
  }
}
