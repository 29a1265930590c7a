import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { APPLICATION } from '../../../../src/services/authorization/names.js';
import { parsePolicy } from '../../../../src/services/authorization/policy-text.js';
import { screenQuestion } from '../../../../src/services/authorization/question-check.js';

const identity = (id: string) => ({ type: 'Identity::Action', id });
const ADA = { type: 'Identity::User', id: 'ada' };

describe('a policy string', () => {
  it.each([
    ['listUsers', identity('listUsers'), APPLICATION],
    ['Identity::listUsers', identity('listUsers'), APPLICATION],
    ['Identity::Action::"listUsers"', identity('listUsers'), APPLICATION],
    ['Action::"look"', { type: 'Action', id: 'look' }, APPLICATION],
    ['readUser on Identity::User::"ada"', identity('readUser'), ADA],
    ['readUser on User::"ada"', identity('readUser'), ADA],
    [
      'readDocument on Documents::Document::"7"',
      { type: 'Documents::Action', id: 'readDocument' },
      { type: 'Documents::Document', id: '7' },
    ],
    ['Documents::listDocuments', { type: 'Documents::Action', id: 'listDocuments' }, APPLICATION],
    [
      'A::B::Action::"read it" on A::B::Thing::"a \\"b\\" \\\\c on d"',
      { type: 'A::B::Action', id: 'read it' },
      { type: 'A::B::Thing', id: 'a "b" \\c on d' },
    ],
    ['readUser on User::"Жанна 🚀"', identity('readUser'), { type: 'Identity::User', id: 'Жанна 🚀' }],
  ])('%s', (text, action, resource) => {
    expect(parsePolicy(text)).toEqual({ action, resource });
  });

  it.each([
    '',
    ' ',
    ' listUsers',
    'listUsers ',
    'listUsers\n',
    'list users',
    'list-users',
    '7days',
    'listUsers"',
    '"listUsers"',
    'listUsers on',
    'listUsers on ',
    'listUsers on Identity::Application',
    'listUsers on Identity::Application::portcullis',
    "listUsers on Identity::Application::'portcullis'",
    'listUsers on Identity::Application::""',
    'listUsers on ::"x"',
    'listUsers on User:"x"',
    'listUsers  on User::"x"',
    'listUsers on  User::"x"',
    'listUsers ON User::"x"',
    'listUsers on User::"x" on User::"y"',
    'listUsers on User::"x", Identity::User::"y"',
    'readUser on User::"a" || true || "b"',
    'readUser on User::"a\\n"',
    'readUser on User::"a\\u{62}"',
    'readUser on User::"a\\"',
    'readUser on User::"a\nb"',
    'readUser on User::"a\u0000b"',
    'readUser on User::"a\u202eb"',
    'readUser on User::"a\u2028b"',
    'readUser on User::"a\ud800"',
    '::listUsers',
    'listUsers::',
    'Identity::::listUsers',
    'Identity:listUsers',
    'Identity::"listUsers"',
    'Identity::User::"listUsers"',
    'Identity::Actionable::"listUsers"',
    'Identity::Action::"listUsers',
    'Identity::Action::"list" "Users"',
    'listUsers; permit(principal, action, resource);',
    'listUsers // on User::"x"',
    'lіstUsers',
    'ｌistUsers',
    `readUser on User::"${'a'.repeat(1_300)}"`,
    'a::'.repeat(100_000),
    `a on ${'b::'.repeat(100_000)}`,
    `Action::"${'\\'.repeat(100_000)}`,
  ])('is none: %j', (text) => {
    expect(parsePolicy(text)).toBeUndefined();
  });

  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
  const path = fc.array(name, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('::'));
  const id = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 100 })
    .filter((text) => text.length <= 200 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text));
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;

  it('names what it was written for, whatever is in the ids', () => {
    fc.assert(
      fc.property(path, id, path, id, (namespace, actionId, type, resourceId) => {
        const text = `${namespace}::Action::${quoted(actionId)} on ${type}::${quoted(resourceId)}`;
        expect(parsePolicy(text)).toEqual({
          action: { type: `${namespace}::Action`, id: actionId },
          resource: { type, id: resourceId },
        });
      }),
    );
  });

  it('that is anything at all is read or is none, and what is read says no more than what is written', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'listUsers',
        'Identity',
        '::',
        'Action',
        ' on ',
        'User',
        '"',
        '\\',
        '"x"',
        '\n',
        ' ',
        'é',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (written) => {
        const read = parsePolicy(written);
        if (read === undefined) return;
        const { action, resource } = read;
        expect(screenQuestion({ principal: ADA, action, resource, context: {} })).toEqual([]);
        const whole = `${action.type}::${quoted(action.id)} on ${resource.type}::${quoted(resource.id)}`;
        expect(parsePolicy(whole)).toEqual(read);
      }),
      { numRuns: 2_000 },
    );
  });
});
