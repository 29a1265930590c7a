/**
 * The credential of an IAM principal: `portcullis-aws-v1.` and the base64url (RFC 4648, without padding) of a URL that asks
 * STS who signed it, presigned by Signature Version 4:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const AWS_TOKEN_PREFIX = 'portcullis-aws-v1.';

/** The header that binds a request to one service: whoever sends it for another service cannot name this one's audience. */
export const AUDIENCE_HEADER = 'x-portcullis-audience';

/** A request that is fit to be sent to STS. Whether its signature is good only STS knows. */
export interface PresignedRequest {
  readonly url: string;
  readonly expiresAt: Date;
}

/** Temporary credentials carry a session token of a kilobyte or two. */
const MAX_TOKEN_LENGTH = 8_192;
/** AWS lets a presigned request of STS live no longer. */
const MAX_LIFETIME_SECONDS = 900;
/** How far the signer's clock may run ahead of ours. Expiry has no such margin. */
const MAX_AHEAD_MS = 30_000;

/** Every parameter that may be there, and how its value looks. Each is there once; only the session token may be missing. */
const PARAMETERS: Readonly<Record<string, RegExp>> = {
  Action: /^GetCallerIdentity$/,
  Version: /^2011-06-15$/,
  'X-Amz-Algorithm': /^AWS4-HMAC-SHA256$/,
  'X-Amz-Credential': /^\w{16,128}\/\d{8}\/[a-z\d-]{1,32}\/sts\/aws4_request$/,
  'X-Amz-Date': /^\d{8}T\d{6}Z$/,
  'X-Amz-Expires': /^[1-9]\d{0,2}$/,
  'X-Amz-Security-Token': /^[\w+/=-]{1,4096}$/,
  // Any other header would have to be sent as it was signed, and the caller does not choose what is sent.
  'X-Amz-SignedHeaders': /^host;x-portcullis-audience$/,
  'X-Amz-Signature': /^[\da-f]{64}$/,
};
const OPTIONAL = 'X-Amz-Security-Token';

/**
 * Finds the request in a credential, judged by its text alone, so that nothing is ever sent anywhere but to STS.
 *
 * @param origins where STS answers, such as `https://sts.eu-west-1.amazonaws.com`
 * @returns undefined for whatever is not, to the letter, what the SDKs make: another host, path or parameter, one that is
 *   there twice or is written in another way, a lifetime over 15 minutes or over, a date in the future
 */
export function readPresignedRequest(
  token: string,
  { origins, now }: { readonly origins: readonly string[]; readonly now: Date },
): PresignedRequest | undefined {
  const url = decode(token);
  // With the slash and the question mark behind it, nothing can follow that would make another host of it.
  const origin = origins.find((known) => url?.startsWith(`${known}/?`));
  if (url === undefined || origin === undefined) return undefined;
  const parameters = readQuery(url.slice(`${origin}/?`.length));
  if (parameters === undefined) return undefined;
  const { 'X-Amz-Date': date = '', 'X-Amz-Expires': expires, 'X-Amz-Credential': credential } = parameters;
  const signedAt = readDate(date);
  const lifetime = Number(expires);
  if (signedAt === undefined || credential?.split('/')[1] !== date.slice(0, 8)) return undefined;
  if (!(lifetime <= MAX_LIFETIME_SECONDS)) return undefined;
  const expiresAt = new Date(signedAt.getTime() + lifetime * 1000);
  if (signedAt.getTime() > now.getTime() + MAX_AHEAD_MS || expiresAt <= now) return undefined;
  return { url, expiresAt };
}

function decode(token: string): string | undefined {
  if (token.length > MAX_TOKEN_LENGTH || !token.startsWith(AWS_TOKEN_PREFIX)) return undefined;
  const encoded = token.slice(AWS_TOKEN_PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64url');
  // Node skips what is not base64url, so that many texts decode alike.
  return bytes.toString('base64url') === encoded ? bytes.toString('latin1') : undefined;
}

/** The parameters of a query, where it holds those that it has to, each once and written as Signature Version 4 has it. */
function readQuery(query: string): Readonly<Record<string, string>> | undefined {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    const [, name, written] = /^([A-Za-z-]+)=([\w.~%-]*)$/.exec(pair) ?? [];
    const value = written === undefined ? undefined : decodeValue(written);
    if (name === undefined || value === undefined || parameters.has(name)) return undefined;
    if (!Object.hasOwn(PARAMETERS, name) || !PARAMETERS[name]?.test(value)) return undefined;
    parameters.set(name, value);
  }
  const isWhole = Object.keys(PARAMETERS).every((name) => name === OPTIONAL || parameters.has(name));
  return isWhole ? Object.fromEntries(parameters) : undefined;
}

function decodeValue(written: string): string | undefined {
  try {
    const value = decodeURIComponent(written);
    return encodeURIComponent(value) === written ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `20250102T030405Z`; undefined for what is on no calendar. */
function readDate(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const date = new Date(written);
  return !Number.isNaN(date.getTime()) && date.toISOString() === written ? date : undefined;
}
