import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cutPage, pageTokenAfter, readPageToken } from '../../../../src/embedded/cognito/page-token.js';

describe('a page token', () => {
  it('says where its page begins, for its own query only', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 36 }).filter((key) => !key.includes('\0')),
        fc.array(fc.string()),
        fc.array(fc.string()),
        (after, query, other) => {
          const token = pageTokenAfter(after, ...query);
          expect(readPageToken(token, ...query)).toBe(after);
          if (JSON.stringify(query) !== JSON.stringify(other)) {
            expect(() => readPageToken(token, ...other)).toThrow('Invalid pagination token given.');
          }
        },
      ),
    );
  });

  it('is refused when it is none', () => {
    fc.assert(
      fc.property(fc.string(), (token) => {
        expect(() => readPageToken(token, 'query')).toThrow('Invalid pagination token given.');
      }),
    );
  });

  it('comes with a page that is not the last', () => {
    expect(cutPage(['a', 'b'], 2, (row) => row)).toEqual({ page: ['a', 'b'], next: undefined });
    const { page, next } = cutPage(['a', 'b', 'c'], 2, (row) => row);
    expect(page).toEqual(['a', 'b']);
    expect(readPageToken(next)).toBe('b');
  });
});
