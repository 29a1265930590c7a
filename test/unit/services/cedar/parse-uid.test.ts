import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cedarEngine } from '../../../../src/services/cedar/engine.js';
import { parseUid } from '../../../../src/services/cedar/parse-uid.js';
import { formatUid } from '../../../../src/services/cedar/values.js';

/** What Cedar itself takes the text for, as the resource of a policy. */
function readByCedar(text: string): unknown {
  const answer = cedarEngine.module.run((wasm) =>
    wasm.policyToJson(`permit (principal, action, resource == ${text});`),
  );
  if (answer.type === 'failure') return undefined;
  const { resource } = answer.json;
  return 'entity' in resource ? resource.entity : undefined;
}

const id = fc.string({ unit: 'binary', maxLength: 20 });
const type = fc
  .array(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('::'));

describe('parseUid', () => {
  it('reads what formatUid writes', () => {
    fc.assert(
      fc.property(type, id, (of, text) => {
        expect(parseUid(formatUid({ type: of, id: text }))).toEqual({ type: of, id: text });
      }),
    );
  });

  it.each([
    String.raw`Documents::Document::"1"`,
    String.raw`Document::""`,
    String.raw`A::B::C::"x::\"y\""`,
    String.raw`A::"\n\r\t\0\\\'\x41\u{1F600}\u{41}"`,
    'A::"Ünïcödé 🐈"',
    'A::"a\nb"',
  ])('reads %j as Cedar does', (text) => {
    expect(readByCedar(text)).toBeDefined();
    expect(parseUid(text)).toEqual(readByCedar(text));
  });

  it.each([
    '',
    'Document',
    '"1"',
    '::"1"',
    'A:"1"',
    'A::1',
    "A::'1'",
    'A::"1',
    'A::"1"x',
    'A::"1" ',
    ' A::"1"',
    'A::"1\\"',
    'A::"1"::"2"',
    'A:: "1"',
    '1A::"1"',
    'A::::"1"',
    'A-B::"1"',
    'A::"\\q"',
    'A::"\\u{110000}"',
    'A::"\\u{D800}"',
    'A::"\ud800"',
  ])('takes %j for none', (text) => {
    expect(parseUid(text)).toBeUndefined();
  });

  it('takes no text for a uid that Cedar takes for none or another, but for the escapes of JSON', () => {
    fc.assert(
      fc.property(fc.constantFrom('A::', 'A::B::', '::', 'A'), fc.string({ maxLength: 12 }), (head, tail) => {
        const text = `${head}"${tail}"`;
        const read = parseUid(text);
        if (read !== undefined && !/\\[ubf/]/.test(text)) expect(readByCedar(text)).toEqual(read);
      }),
    );
  });
});
