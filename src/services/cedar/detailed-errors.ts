import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';

/** One line for an error of Cedar's: its message, what was expected there, and its advice. */
export function describe({ message, help, sourceLocations }: DetailedError): string {
  const label = sourceLocations?.find((location) => location.label !== null)?.label;
  return [message, label, help].filter((part) => part !== null && part !== undefined).join('; ');
}

/** One line for several. */
export const describeAll = (errors: readonly DetailedError[]): string => errors.map(describe).join(' ');

/** Where an error is, as an offset in UTF-16 code units into the text that was parsed. Cedar counts bytes of UTF-8. */
export function offsetOf({ sourceLocations }: DetailedError, text: string): number | undefined {
  const start = sourceLocations?.[0]?.start;
  return start === undefined ? undefined : Buffer.from(text).subarray(0, start).toString().length;
}
