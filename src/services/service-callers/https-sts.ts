import { AUDIENCE_HEADER } from './presigned-request.js';
import type { Sts } from './sts.js';

export interface HttpsStsOptions {
  /** What this service is called in the header that callers sign. */
  readonly audience: string;
  /** Milliseconds until a request is given up, its answer included. */
  readonly timeoutMs?: number;
}

/** An answer has less than a kilobyte. */
const MAX_ANSWER_BYTES = 16_384;

/** Reaches STS over the network. */
export function createHttpsSts({ audience, timeoutMs = 3_000 }: HttpsStsOptions): Sts {
  return async (url) => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'application/json', [AUDIENCE_HEADER]: audience },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: await readBounded(response) };
  };
}

async function readBounded({ body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString();
    size += value.length;
    if (size > MAX_ANSWER_BYTES) {
      await reader.cancel();
      throw new Error('STS answered with more than it has to say.');
    }
    chunks.push(value);
  }
}
