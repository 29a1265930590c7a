import { isWellFormed } from './values.js';

export interface ScreeningLimits {
  /** How many arrays and objects may stand inside each other. cedar-wasm throws on some more than 120. */
  maxDepth?: number;
  /** Roughly bytes of JSON. */
  maxSize?: number;
}

export type ScreeningFault =
  'TOO_DEEP' | 'TOO_LARGE' | 'NULL' | 'NOT_AN_INTEGER' | 'UNSAFE_INTEGER' | 'MALFORMED_TEXT' | 'NOT_JSON';

export type ScreeningResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly fault: ScreeningFault;
      /** Where, such as `roles[2].name`; the empty string is the value itself. */
      readonly path: string;
      /** One sentence that says what is wrong and where. */
      readonly message: string;
    };

/** A value waiting its turn, linked to the one that holds it so that a path is only built for a fault. */
interface Visit {
  readonly value: unknown;
  readonly depth: number;
  readonly key: string | number | undefined;
  readonly holder: Visit | undefined;
}

const SENTENCES: Record<ScreeningFault, string> = {
  TOO_DEEP: 'is nested too deeply',
  TOO_LARGE: 'is too large',
  NULL: 'is null, which Cedar does not know',
  NOT_AN_INTEGER: 'is not an integer, and Cedar has no other numbers',
  UNSAFE_INTEGER: 'is beyond the integers that JSON carries exactly',
  MALFORMED_TEXT: 'holds half of a surrogate pair',
  NOT_JSON: 'is not a JSON value',
};

/**
 * Says whether a value may be handed to cedar-wasm, which throws (and thereby breaks) on what it does not expect: JSON
 * without null and fractions, of bounded depth and size. Iterative, so depth costs the caller no stack; a circular object
 * is too deep. Never throws.
 */
export function screenJson(
  value: unknown,
  { maxDepth = 100, maxSize = 1_048_576 }: ScreeningLimits = {},
): ScreeningResult {
  const pending: Visit[] = [{ value, depth: 0, key: undefined, holder: undefined }];
  let size = 0;
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    size += sizeOf(visit);
    const fault = size > maxSize ? 'TOO_LARGE' : faultOf(visit, maxDepth);
    if (fault !== undefined) return refusal(fault, visit);
    if (typeof visit.value !== 'object' || visit.value === null) continue;
    const children = Array.isArray(visit.value) ? visit.value : Object.keys(visit.value);
    if (size + children.length > maxSize) return refusal('TOO_LARGE', visit);
    pushChildren(pending, visit);
  }
  return { ok: true };
}

function pushChildren(pending: Visit[], holder: Visit): void {
  const depth = holder.depth + 1;
  if (Array.isArray(holder.value)) {
    for (let key = 0; key < holder.value.length; key += 1) {
      pending.push({ value: holder.value[key], depth, key, holder });
    }
    return;
  }
  for (const [key, value] of Object.entries(holder.value as object))
    pending.push({ value, depth, key, holder });
}

function sizeOf({ value, key }: Visit): number {
  const keySize = typeof key === 'string' ? Buffer.byteLength(key) + 4 : 1;
  if (typeof value === 'string') return keySize + Buffer.byteLength(value) + 2;
  return keySize + (typeof value === 'number' ? String(value).length : 4);
}

function faultOf({ value, depth, key }: Visit, maxDepth: number): ScreeningFault | undefined {
  if (typeof key === 'string' && !isWellFormed(key)) return 'MALFORMED_TEXT';
  switch (typeof value) {
    case 'boolean':
      return undefined;
    case 'string':
      return isWellFormed(value) ? undefined : 'MALFORMED_TEXT';
    case 'number':
      if (!Number.isInteger(value)) return 'NOT_AN_INTEGER';
      return Number.isSafeInteger(value) ? undefined : 'UNSAFE_INTEGER';
    case 'object':
      if (value === null) return 'NULL';
      if (!Array.isArray(value) && !isPlain(value)) return 'NOT_JSON';
      return depth < maxDepth ? undefined : 'TOO_DEEP';
    default:
      return 'NOT_JSON';
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refusal(fault: ScreeningFault, visit: Visit): ScreeningResult {
  const path = pathOf(visit);
  return {
    ok: false,
    fault,
    path,
    message: `${path === '' ? 'The value' : `\`${path}\``} ${SENTENCES[fault]}.`,
  };
}

/** At most the first and last steps, since a path may be as long as the value is deep. */
function pathOf(visit: Visit): string {
  const steps: string[] = [];
  for (let at: Visit | undefined = visit; at?.key !== undefined; at = at.holder) {
    steps.push(typeof at.key === 'number' ? `[${at.key}]` : `.${at.key.slice(0, 64)}`);
  }
  steps.reverse();
  const shown = steps.length > 12 ? [...steps.slice(0, 6), '…', ...steps.slice(-3)] : steps;
  return shown.join('').replace(/^\./, '');
}
