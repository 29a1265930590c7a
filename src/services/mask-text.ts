/** What is written in the place of what is not. */
export const MASK = '[redacted]';

/** Nobody reads further in one field of a log line. */
const LONGEST = 10_000;

/** What betrays by its shape alone that it is a secret, or whose it is. Each is found in linear time. */
const SHAPES: readonly (readonly [shape: RegExp, replacement: string])[] = [
  // JSON Web Tokens, signed or encrypted (RFC 7515, RFC 7516); a part may be empty.
  [/(?<![\w-])eyJ[\w-]*(?:\.[\w-]*){1,4}/g, MASK],
  // Requests signed for AWS: whoever has one is its signer for a while.
  [/portcullis-aws-v1\.[\w-]+/g, MASK],
  [/(X-Amz-(?:Credential|Security-Token|Signature)=)[^\s&"]+/gi, `$1${MASK}`],
  // The Authorization header.
  [/\b(bearer|basic)\s{1,8}[\w.~+/=-]+/gi, `$1 ${MASK}`],
  // The user and the password of a URL.
  [/:\/\/[^\s/"]+@/g, `://${MASK}@`],
  // `password=…`, `"client_secret": "…"`.
  [
    /((?:password|secret(?:_?hash|_?key)?|(?:access|id|refresh)_?token)["'\\]{0,4}\s{0,4}[:=])\s{0,4}(?:\\?["'][^"'\n]*["']?|[^\s,;&}]+)/gi,
    `$1 ${MASK}`,
  ],
  // Addresses of mail, by the characters that RFC 5322 and RFC 6531 take without quotes; `/` is a path's in our stacks.
  [/[\w.!#$%&'*+=?^`{|}~\u0080-\uffff-]{1,64}@[\w.\u0080-\uffff-]{1,255}/g, MASK],
];

const MAY_HOLD_ONE = /@|eyJ|bearer|basic|password|secret|token|aws-v1|x-amz-/i;

/**
 * A text without the secrets and addresses that are known by their shape: libraries quote in their errors what they refuse.
 * It is cut where it is longer than a log wants.
 */
export function maskText(text: string): string {
  const readable = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  if (!MAY_HOLD_ONE.test(readable)) return readable;
  return SHAPES.reduce((masked, [shape, replacement]) => masked.replace(shape, replacement), readable);
}
