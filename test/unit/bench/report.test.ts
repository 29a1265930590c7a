import { describe, expect, it } from 'vitest';

import { isMet, quantityText, toRecord, type Aim, type Measurement } from '../../../bench/measurement.js';
import { markdownTable, textTable, withResults } from '../../../bench/report.js';

const measurement: Measurement = {
  id: 'c-5',
  title: 'a decision',
  ours: { value: 270.4, unit: 'µs' },
  peer: { name: 'a bare loop', value: 240, unit: 'µs' },
  value: 1.1267,
  unit: '×',
  aim: { relation: '≤', bound: 1.2 },
};
const reported: Measurement = { id: 'c-9', title: 'only told', value: 14_094.4, unit: 'µs', aim: null };

describe('an aim', () => {
  it.each<[Aim['relation'], boolean, boolean, boolean]>([
    ['≤', true, true, false],
    ['≥', false, true, true],
    ['=', false, true, false],
    ['>', false, false, true],
  ])('%s is met by what is below, at and above it: %s, %s, %s', (relation, below, at, above) => {
    const met = [1, 2, 3].map((value) => isMet({ value, aim: { relation, bound: 2 } }));
    expect(met).toEqual([below, at, above]);
  });

  it('is neither met nor missed where there is none', () => {
    expect(isMet(reported)).toBeNull();
  });
});

it.each([
  [0.7149, '0.715 ×'],
  [14_094.4, '14,094 ×'],
  [99.96, '100 ×'],
  [3, '3 ×'],
])('%s is written as %s', (value, text) => {
  expect(quantityText({ value, unit: '×' })).toBe(text);
});

it('a record holds the whole value, the aim in words, and whether it is met', () => {
  expect(toRecord(measurement)).toEqual({ id: 'c-5', value: 1.1267, unit: '×', aim: '≤ 1.2 ×', met: true });
  expect(toRecord(reported)).toEqual({ id: 'c-9', value: 14_094.4, unit: 'µs', aim: null, met: null });
});

it('the columns of a table line up', () => {
  const [headings = '', rule = '', first = '', second = ''] = textTable([measurement, reported]).split('\n');
  expect(first).toMatch(/^c-5 .*270 µs .*240 µs, a bare loop .*1\.13 × .*≤ 1\.2 × +yes$/);
  for (const heading of ['measured', 'comes to', 'aim']) {
    const column = headings.indexOf(heading);
    expect(rule.slice(column - 2, column + 1)).toBe('  ─');
    expect(first.slice(column - 2, column + 1)).toMatch(/^ {2}\S$/);
  }
  expect(second.indexOf('14,094 µs')).toBe(headings.indexOf('comes to'));
});

it('what more there is to see of a measurement stands below the table', () => {
  const detailed = { ...measurement, detail: ['one  ▁█', 'two  █▁'] };
  expect(textTable([detailed])).toMatch(/\n\nc-5\none {2}▁█\ntwo {2}█▁$/);
  expect(markdownTable([detailed], 'a machine')).toMatch(/\n\n`c-5`:\n\n```text\none {2}▁█\ntwo {2}█▁\n```$/);
});

it('what the detail of another shows has no row of its own', () => {
  const shown = textTable([measurement, { ...reported, isInDetail: true }]);
  expect(shown).not.toContain('c-9');
  expect(markdownTable([{ ...reported, isInDetail: true }], 'a machine')).not.toContain('c-9');
});

it('a document may hold the results of several suites', () => {
  const [one, other] = ['one', 'other'].map(
    (name) => `<!-- ${name}: begin -->\n\nold\n\n<!-- ${name}: end -->`,
  );
  const both = `${one}\n\n${other}\n`;
  expect(withResults(both, 'new', 'other')).toBe(`${one}\n\n${other?.replace('old', 'new')}\n`);
});

describe('the results of a document', () => {
  const document = 'Before.\n\n<!-- results: begin -->\n\nold\n\n<!-- results: end -->\n\nAfter.\n';

  it('are replaced, and nothing else is', () => {
    const results = markdownTable([measurement], 'a machine');
    expect(withResults(document, results, 'results')).toBe(document.replace('old', results));
    expect(results).toContain('a machine\n\n| id ');
    expect(results).toContain('| c-5 | a decision | 270 µs | 240 µs, a bare loop | 1.13 × | ≤ 1.2 × | yes |');
  });

  it.each(['', 'no marks', '<!-- results: end --> <!-- results: begin -->'])(
    'have to have a place: %j',
    (bad) => {
      expect(() => withResults(bad, 'new', 'results')).toThrow('lacks the marks');
    },
  );
});
