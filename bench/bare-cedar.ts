import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

import type * as cedarWasm from '@cedar-policy/cedar-wasm/nodejs';

import type { CedarEntity, Question } from '../src/services/authorization/question.js';

/** What one decision comes to, whoever made it: policies in the order of their ids. */
export interface Outcome {
  readonly isAllowed: boolean;
  readonly policies: readonly string[];
  readonly errors: number;
}

export type BareDecide = (question: Question, entities: readonly CedarEntity[]) => Outcome;

/**
 * cedar-wasm as its own documentation has it used: policies and schema parsed once, every policy in every decision.
 * @param name of what is parsed, of which the module keeps one a name
 * @throws Error where they do not parse, or a question is refused
 */
export function bareCedar(name: string, policies: cedarWasm.PolicySet, schema: cedarWasm.Schema): BareDecide {
  // Without it V8 can abort the process, on Node 20 and 22: whoever uses the module needs it.
  setFlagsFromString('--no-turbo-inline-js-wasm-calls');
  const require = createRequire(import.meta.url);
  const wasm = require('@cedar-policy/cedar-wasm/nodejs') as typeof cedarWasm;
  for (const parsed of [wasm.preparsePolicySet(name, policies), wasm.preparseSchema(name, schema)]) {
    if (parsed.type === 'failure') throw new Error(parsed.errors[0]?.message);
  }
  return ({ principal, action, resource, context }, entities) => {
    const answer = wasm.statefulIsAuthorized({
      principal,
      action,
      resource,
      context: context as never,
      entities: entities as never,
      validateRequest: true,
      preparsedPolicySetId: name,
      preparsedSchemaName: name,
    });
    if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
    const { decision, diagnostics } = answer.response;
    return {
      isAllowed: decision === 'allow',
      policies: [...diagnostics.reason].sort(),
      errors: diagnostics.errors.length,
    };
  };
}
