import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';

import { ERROR_CODES, PortcullisError } from '../../../src/errors.js';
import { createErrorFormatter } from '../../../src/schema/format-error.js';

const outage = new Error('connection refused at 10.0.0.7');

function format(error: unknown, extensions: Record<string, unknown> = { code: 'INTERNAL_SERVER_ERROR' }) {
  const unexpected: unknown[] = [];
  const formatter = createErrorFormatter({
    requestIdOf: () => 'request-1',
    translate: (thrown) =>
      thrown === outage
        ? new PortcullisError('UPSTREAM_UNAVAILABLE', 'The database does not answer.')
        : undefined,
    enumValues: () => [],
    onUnexpected: (thrown) => unexpected.push(thrown),
  });
  const message = error instanceof Error ? error.message : String(error);
  const formatted = formatter(
    { message, path: ['a', 0], extensions: { stacktrace: ['at x'], ...extensions } },
    error,
  );
  return { formatted, unexpected };
}

const inResolver = (error: Error) =>
  new GraphQLError(error.message, { originalError: error, path: ['a', 0] });

describe('what the caller reads of an error', () => {
  it.each(ERROR_CODES)('keeps %s with its message, place and retry', (code) => {
    const error = new PortcullisError(code, 'In plain words.', {
      details: { argument: 'first' },
      retryAfter: 30,
      cause: new Error('a secret of AWS'),
    });
    const { formatted, unexpected } = format(inResolver(error));
    expect(formatted).toEqual({
      message: 'In plain words.',
      path: ['a', 0],
      extensions: {
        code,
        requestId: 'request-1',
        retry: { retryable: error.retryable, retryAfter: 30 },
        details: { argument: 'first' },
      },
    });
    expect(unexpected).toEqual([]);
  });

  it('names the first places of a field that is written many times', () => {
    const locations = Array.from({ length: 100 }, (_, index) => ({ line: index + 1, column: 1 }));
    const formatter = createErrorFormatter({
      requestIdOf: () => null,
      translate: () => undefined,
      enumValues: () => [],
      onUnexpected: () => undefined,
    });
    const error = inResolver(new PortcullisError('NOT_FOUND', 'Nothing there.'));
    expect(formatter({ message: error.message, locations }, error).locations).toEqual(locations.slice(0, 3));
  });

  it('has no details where there are none', () => {
    const { formatted } = format(inResolver(new PortcullisError('NOT_FOUND', 'Nothing there.')));
    expect(formatted.extensions).not.toHaveProperty('details');
  });

  it('tells nothing of what nobody foresaw, and passes it on to the log', () => {
    const error = new TypeError('password "hunter2" is not a function');
    const { formatted, unexpected } = format(inResolver(error));
    expect(JSON.stringify(formatted)).not.toMatch(/hunter2|stack/);
    expect(formatted.extensions?.code).toBe('INTERNAL_SERVER_ERROR');
    expect(unexpected).toEqual([error]);
  });

  it('knows the failures of dependencies by their translation', () => {
    const { formatted, unexpected } = format(inResolver(outage));
    expect(JSON.stringify(formatted)).not.toContain('10.0.0.7');
    expect(formatted.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retry: { retryable: true } });
    expect(unexpected).toEqual([]);
  });

  it('finds an error of ours in one of a library', () => {
    const wrapped = new Error('wrapped', { cause: new PortcullisError('CONFLICT', 'Taken.') });
    expect(format(wrapped).formatted.extensions?.code).toBe('CONFLICT');
  });

  it.each(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'BAD_REQUEST'])(
    'leaves %s to the caller, without a stack',
    (code) => {
      const { formatted } = format(new GraphQLError('Syntax Error: Unexpected "}".'), { code });
      expect(formatted).toMatchObject({
        message: 'Syntax Error: Unexpected "}".',
        extensions: { code, requestId: 'request-1', retry: { retryable: false, retryAfter: null } },
      });
      expect(formatted.extensions).not.toHaveProperty('stacktrace');
    },
  );
});
