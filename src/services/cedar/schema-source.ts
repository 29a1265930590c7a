import type { Schema, SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';

import { describeAll, offsetOf } from './detailed-errors.js';
import type { CedarEngine } from './engine.js';
import { unfoldsTooFar } from './schema-size.js';
import { screenJson } from './screening.js';
import { isTooDeeplyNested } from './statement-nesting.js';
import { isWellFormed } from './values.js';

/** A schema that Cedar refuses. The message is one line. */
export class CedarSchemaError extends Error {
  override readonly name = 'CedarSchemaError';

  constructor(
    message: string,
    /** Where in the text, in UTF-16 code units. */
    readonly offset?: number,
  ) {
    super(message);
  }
}

/** A schema that Cedar takes, in two forms of its JSON. */
export interface SchemaSource {
  /** As it was written. */
  readonly json: SchemaJson<string>;
  /** With the name of every type in full. */
  readonly resolved: SchemaJson<string>;
}

/**
 * Parses a schema. What could keep the engine busy without end is refused first: cedar-wasm unfolds common types in every
 * call but `schemaToJsonWithResolvedTypes`, which therefore comes first for text.
 * @throws CedarSchemaError
 * @throws CedarUnavailableError
 */
export function readSchemaSource(text: string, engine: CedarEngine): SchemaSource {
  const source = readSource(text);
  if (typeof source === 'string') {
    const resolved = resolveNames(source, source, engine);
    refuseUnfolding(resolved);
    return { json: toJson(source, engine), resolved };
  }
  refuseUnfolding(source);
  const json = toJson(source, engine);
  return { json, resolved: resolveNames(toText(source, engine), source, engine) };
}

function refuseUnfolding(json: SchemaJson<string>): void {
  if (unfoldsTooFar(json)) throw new CedarSchemaError('The common types of the schema unfold too far.');
}

function readSource(text: string): Schema {
  if (!isWellFormed(text)) throw new CedarSchemaError('The schema is not well-formed Unicode.');
  if (!text.trimStart().startsWith('{')) {
    if (isTooDeeplyNested(text)) throw new CedarSchemaError('The schema is nested too deeply.');
    return text;
  }
  const json = parseJson(text);
  const screening = screenJson(json, { maxDepth: 60 });
  if (!screening.ok) throw new CedarSchemaError(`In the schema: ${screening.message}`);
  return json as SchemaJson<string>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CedarSchemaError('The schema begins like JSON and is not JSON.');
  }
}

/** `schemaToJson` translates without a look at what names stand for; the check does that. */
function toJson(source: Schema, { module }: CedarEngine): SchemaJson<string> {
  const check = module.run((wasm) => wasm.checkParseSchema(source));
  if (check.type === 'failure') throw schemaError(check.errors, source);
  const answer = module.run((wasm) => wasm.schemaToJson(source));
  if (answer.type === 'failure') throw schemaError(answer.errors, source);
  return answer.json;
}

function resolveNames(text: string, source: Schema, { module }: CedarEngine): SchemaJson<string> {
  const answer = module.run((wasm) => wasm.schemaToJsonWithResolvedTypes(text));
  if (answer.type === 'failure') throw schemaError(answer.errors, source);
  return answer.json;
}

function toText(source: Schema, { module }: CedarEngine): string {
  const answer = module.run((wasm) => wasm.schemaToText(source));
  if (answer.type === 'failure') throw schemaError(answer.errors, source);
  return answer.text;
}

function schemaError(errors: Parameters<typeof describeAll>[0], source: Schema): CedarSchemaError {
  const first = errors[0];
  const offset = first === undefined || typeof source !== 'string' ? undefined : offsetOf(first, source);
  return new CedarSchemaError(describeAll(errors), offset);
}
