import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { splitStatements } from '../../../../src/services/cedar/statement-tokens.js';

describe('splitStatements', () => {
  it('cuts at semicolons, but not at those in strings and comments', () => {
    const text =
      '// é; x\n@id("a;\\"b") permit (principal, action, resource); // ;\r forbid (principal, action, resource) ;';
    const statements = splitStatements(text);
    expect(statements.map((statement) => statement.text)).toEqual([
      '@id("a;\\"b") permit (principal, action, resource);',
      'forbid (principal, action, resource) ;',
    ]);
    for (const { text: statement, start } of statements) {
      expect(text.slice(start, start + statement.length)).toBe(statement);
    }
  });

  it('keeps a last piece without a semicolon, and nothing of blanks and comments', () => {
    expect(splitStatements('permit')).toEqual([{ text: 'permit', start: 0 }]);
    expect(splitStatements(' // nothing\n')).toEqual([]);
    expect(splitStatements('"open; ')).toHaveLength(1);
  });

  it('finds again what was joined', () => {
    const text = fc
      .string()
      .map((content) => `permit (principal == A::${JSON.stringify(content)}, action, resource);`);
    const gap = fc.constantFrom('', ' ', '\n', '// ; "\n', '\r\n\t');
    fc.assert(
      fc.property(fc.array(fc.tuple(gap, text), { maxLength: 8 }), (parts) => {
        const joined = parts.map(([blank, statement]) => blank + statement).join('');
        expect(splitStatements(joined).map((found) => found.text)).toEqual(
          parts.map(([, statement]) => statement),
        );
      }),
    );
  });
});
