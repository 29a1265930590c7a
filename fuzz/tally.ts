import type { Decision } from '../src/services/authorization/decision.js';

/** What was covered. */
export class Tally {
  rounds = 0;
  questions = 0;
  slowestMs = 0;
  slowestOverHttpMs = 0;
  readonly #counts = new Map<string, Map<string, number>>();

  count(
    what:
      | 'reasons'
      | 'sources'
      | 'faults'
      | 'engines'
      | 'questions at fault'
      | 'comparisons of engines'
      | 'over HTTP'
      | 'refused over HTTP',
    which: string,
    times = 1,
  ): void {
    const counts = this.#counts.get(what) ?? new Map<string, number>();
    this.#counts.set(what, counts);
    counts.set(which, (counts.get(which) ?? 0) + times);
  }

  decided({ reason, source }: Pick<Decision, 'reason' | 'source'>): void {
    this.questions += 1;
    this.count('reasons', reason);
    this.count('sources', source);
  }

  took(milliseconds: number): void {
    this.slowestMs = Math.max(this.slowestMs, milliseconds);
  }

  tookOverHttp(milliseconds: number): void {
    this.slowestOverHttpMs = Math.max(this.slowestOverHttpMs, milliseconds);
  }

  /** A few lines. */
  print(deadlineMs: number): string {
    const list = [...this.#counts].map(([what, counts]) => {
      const each = [...counts].sort(([, a], [, b]) => b - a).map(([which, times]) => `${which} ${times}`);
      return `${what}: ${each.join(', ')}`;
    });
    return [
      `${this.rounds} rounds, ${this.questions} questions; the slowest answer took ${Math.round(this.slowestMs)} ms, the deadline being ${deadlineMs} ms, and over HTTP ${Math.round(this.slowestOverHttpMs)} ms`,
      ...list,
    ].join('\n');
  }
}
