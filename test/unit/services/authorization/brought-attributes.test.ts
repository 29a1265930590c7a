import { describe, expect, it } from 'vitest';

import { separateDescriptions } from '../../../../src/services/authorization/brought-attributes.js';
import type { CedarRecord, Question } from '../../../../src/services/authorization/question.js';

const about = (id: string, resourceAttributes?: CedarRecord): Question => ({
  principal: { type: 'Identity::Service', id: 'documents' },
  action: { type: 'Documents::Action', id: 'view' },
  resource: { type: 'Documents::Document', id },
  context: {},
  ...(resourceAttributes && { resourceAttributes }),
});

describe('separateDescriptions', () => {
  it('keeps together what describes each resource in one way', () => {
    const questions = [
      about('a', { owner: 'ada' }),
      about('b', { owner: 'bob' }),
      about('a', { owner: 'ada' }),
    ];
    expect(separateDescriptions(questions)).toEqual([[0, 1, 2]]);
  });

  it('parts what describes a resource in two ways', () => {
    const questions = [
      about('a', { owner: 'ada' }),
      about('a', { owner: 'bob' }),
      about('b', { owner: 'bob' }),
    ];
    expect(separateDescriptions(questions)).toEqual([[0, 2], [1]]);
  });

  it('takes attributes in another order for the same', () => {
    const questions = [about('a', { x: 1, y: 2 }), about('a', { y: 2, x: 1 })];
    expect(separateDescriptions(questions)).toEqual([[0, 1]]);
  });

  it('keeps questions that bring nothing apart from those that do', () => {
    const questions = [about('a'), about('a', { owner: 'ada' }), about('b')];
    expect(separateDescriptions(questions)).toEqual([[0, 2], [1]]);
  });
});
