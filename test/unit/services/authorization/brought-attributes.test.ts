import { describe, expect, it } from 'vitest';

import { separateDescriptions } from '../../../../src/services/authorization/brought-attributes.js';
import { indexEntities } from '../../../../src/services/cedar/entity-closure.js';
import type { CedarRecord, Question } from '../../../../src/services/authorization/question.js';

const about = (id: string, resourceAttributes?: CedarRecord): Question => ({
  principal: { type: 'Identity::Service', id: 'documents' },
  action: { type: 'Documents::Action', id: 'view' },
  resource: { type: 'Documents::Document', id },
  context: {},
  ...(resourceAttributes && { resourceAttributes }),
});

const NOTHING = indexEntities([]);

describe('separateDescriptions', () => {
  it('keeps together what describes each resource in one way', () => {
    const questions = [
      about('a', { owner: 'ada' }),
      about('b', { owner: 'bob' }),
      about('a', { owner: 'ada' }),
    ];
    expect(separateDescriptions(questions, NOTHING)).toEqual([[0, 1, 2]]);
  });

  it('parts what describes a resource in two ways', () => {
    const questions = [
      about('a', { owner: 'ada' }),
      about('a', { owner: 'bob' }),
      about('b', { owner: 'bob' }),
    ];
    expect(separateDescriptions(questions, NOTHING)).toEqual([[0, 2], [1]]);
  });

  it('takes attributes in another order for the same', () => {
    const questions = [about('a', { x: 1, y: 2 }), about('a', { y: 2, x: 1 })];
    expect(separateDescriptions(questions, NOTHING)).toEqual([[0, 1]]);
  });

  it('keeps questions that bring nothing apart from those that describe their resource, and from no others', () => {
    const questions = [about('a'), about('a', { owner: 'ada' }), about('b')];
    expect(separateDescriptions(questions, NOTHING)).toEqual([[0, 2], [1]]);
    expect(separateDescriptions([about('a', { owner: 'ada' }), about('b')], NOTHING)).toEqual([[0, 1]]);
  });

  const folder = { type: 'Documents::Folder', id: 'f' };
  const toFolder = { __entity: { ...folder } };
  const describesFolder: Question = { ...about('x', { open: true }), resource: folder };

  it.each<[string, Question]>([
    ['what it brings', about('a', { folder: toFolder })],
    ['its context', { ...about('a'), context: { folder: toFolder } }],
    ['its principal', { ...about('a'), principal: folder }],
    ['what is stored of its resource', about('stored')],
    ['what is stored of what is stored', about('further')],
  ])('keeps what is said of a resource from a question that leads there by %s', (_case, question) => {
    const known = indexEntities([
      { uid: about('stored').resource, attrs: {}, parents: [folder] },
      {
        uid: about('further').resource,
        attrs: { other: { __entity: { ...about('stored').resource } } },
        parents: [],
      },
    ]);
    expect(separateDescriptions([question, describesFolder], known)).toEqual([[0], [1]]);
    expect(separateDescriptions([describesFolder, question], known)).toEqual([[0], [1]]);
  });
});
