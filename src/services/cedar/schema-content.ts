import { describeAll } from './detailed-errors.js';
import type { PreparsedContent } from './preparsed-slots.js';

/** A schema, for wasm to parse and keep. */
export const schemaContent = ({ key, json }: { key: string; json: string }): PreparsedContent => ({
  key,
  weight: 1,
  parse(wasm, name) {
    const answer = wasm.preparseSchema(name, JSON.parse(json) as never);
    if (answer.type === 'failure') throw new Error(describeAll(answer.errors));
  },
});
