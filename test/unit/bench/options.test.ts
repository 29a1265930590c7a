import { describe, expect, it } from 'vitest';

import { readOptions, type Effort } from '../../../bench/options.js';

const NAMES = { suites: ['results', 'decisions'], letters: ['a', 'd', 'memory'] } as const;
const read = (...args: string[]) => readOptions(args, NAMES);

describe('readOptions', () => {
  it('takes the first suite where none is named', () => {
    expect(read()).toMatchObject({ suite: 'results', only: undefined, json: undefined, markdown: undefined });
  });

  it('takes a suite, what of all to run, and where to write it', () => {
    const args = ['decisions', '--only', 'd,memory', '--json', 'a.json', '--markdown', 'a.md'];
    expect(read(...args)).toMatchObject({
      suite: 'decisions',
      only: ['d', 'memory'],
      json: 'a.json',
      markdown: 'a.md',
    });
  });

  it('asks for less of everything where it is to be quick', () => {
    const [full, quick] = [read().effort, read('--quick').effort];
    for (const name of Object.keys(full) as (keyof Effort)[]) {
      expect(quick[name]).toBeLessThan(full[name]);
    }
  });

  it.each([
    [['nothing'], 'There is no suite "nothing", only results, decisions.'],
    [['results', 'decisions'], 'There is no suite "results decisions"'],
    [['--only', 'a,x'], 'There is no benchmark "x", only a, d, memory.'],
  ])('refuses %j', (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });
});
