import { z } from 'zod';

import { canonicalArn } from './iam-arn.js';
import type { StsAnswer } from './sts.js';

/** What an answer of STS proves: who signed the request, that nobody good did, or nothing at all. */
export type CallerIdentity =
  | { readonly kind: 'proven'; readonly arn: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unusable' };

const identity = z.object({
  GetCallerIdentityResponse: z.object({
    GetCallerIdentityResult: z.object({
      Account: z.string().regex(/^\d{12}$/),
      Arn: z.string().max(2_048),
      UserId: z.string().min(1),
    }),
  }),
});

/** The code of a fault, in JSON or in XML: it tells a refusal from an outage, and nothing else. */
const CODE = /"Code"\s*:\s*"(\w+)"|<Code>(\w+)<\/Code>/;
/** Answers to a request that is wrong or wrongly signed. STS says some of them with 400, and that it is busy too. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403]);
const BUSY = /^(Throttl|RequestLimitExceeded|TooManyRequests|ServiceUnavailable|InternalFailure)/;

/**
 * Reads an answer of GetCallerIdentity in its JSON form. The ARN is that of the user or role itself, without the session.
 * Any other principal, such as a federated user or an account's root, is refused.
 */
export function readCallerIdentity({ status, body }: StsAnswer): CallerIdentity {
  if (status === 200) {
    const parsed = identity.safeParse(parseJson(body));
    if (!parsed.success) return { kind: 'unusable' };
    const { Account: account, Arn: given } = parsed.data.GetCallerIdentityResponse.GetCallerIdentityResult;
    const arn = canonicalArn(given);
    return arn?.split(':')[4] === account ? { kind: 'proven', arn } : { kind: 'refused' };
  }
  const [, inJson, inXml] = CODE.exec(body) ?? [];
  const code = inJson ?? inXml;
  const isRefusal = REFUSALS.has(status) && code !== undefined && !BUSY.test(code);
  return { kind: isRefusal ? 'refused' : 'unusable' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
