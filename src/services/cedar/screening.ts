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

/** A value, linked to the one that holds it so that a path is only built for a fault. */
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
  const root: Visit = { value, depth: 0, key: undefined, holder: undefined };
  const pending: Visit[] = [];
  let size = sizeOf(value, undefined);
  const fault = size > maxSize ? 'TOO_LARGE' : faultOf(value, undefined, 0, maxDepth);
  if (fault !== undefined) return refusal(fault, root);
  if (isContainer(value)) pending.push(root);

  for (let holder = pending.pop(); holder !== undefined; holder = pending.pop()) {
    const container = holder.value as Readonly<Record<string | number, unknown>>;
    const depth = holder.depth + 1;
    const keys = Array.isArray(container) ? undefined : Object.keys(container);
    const count = keys?.length ?? (container['length'] as number);
    if (size + count > maxSize) return refusal('TOO_LARGE', holder);
    for (let index = 0; index < count; index += 1) {
      const key = keys?.[index] ?? index;
      const child = container[key];
      size += sizeOf(child, key);
      const childFault = size > maxSize ? 'TOO_LARGE' : faultOf(child, key, depth, maxDepth);
      if (childFault !== undefined) return refusal(childFault, { value: child, depth, key, holder });
      if (isContainer(child)) pending.push({ value: child, depth, key, holder });
    }
  }
  return { ok: true };
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

function sizeOf(value: unknown, key: string | number | undefined): number {
  const keySize = typeof key === 'string' ? Buffer.byteLength(key) + 4 : 1;
  if (typeof value === 'string') return keySize + Buffer.byteLength(value) + 2;
  return keySize + (typeof value === 'number' ? String(value).length : 4);
}

function faultOf(
  value: unknown,
  key: string | number | undefined,
  depth: number,
  maxDepth: number,
): ScreeningFault | undefined {
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
