import { readFile } from 'node:fs/promises';

import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

import { EXAMPLE_OPERATIONS } from '../../../src/http/example-operations.js';

describe('the example operations', () => {
  it.each(EXAMPLE_OPERATIONS.map((example) => [example.query.match(/\b(\w+)[({ ]/)?.[1], example] as const))(
    'are valid against the schema: %s',
    async (_name, { query, variables }) => {
      const sdl = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');
      expect(validate(buildSchema(sdl, { assumeValidSDL: true }), parse(query))).toEqual([]);
      expect(() => JSON.parse(variables ?? '{}') as unknown).not.toThrow();
    },
  );
});
