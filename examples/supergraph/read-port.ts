/**
 * Reads the port that PORT names.
 *
 * @throws Error for what is no port
 */
export function readPort(text: string | undefined, otherwise: number): number {
  const port = Number(text ?? otherwise);
  if (!/^\d+$/.test(text ?? '0') || port > 65_535)
    throw new Error(`PORT takes a number from 0 to 65535, not ${text}.`);
  return port;
}
