import { Secret, TOTP } from 'otpauth';
import { toString as drawQrCode } from 'qrcode';

import { PortcullisError } from '../../../errors.js';

/** What an authenticator is set up with. */
export interface TotpSetup {
  /** Base32 (RFC 4648), for manual entry. */
  readonly secret: string;
  /** `otpauth://totp/…`, as the Key URI Format of Google Authenticator has it. */
  readonly uri: string;
  /** The URI as a QR code (ISO/IEC 18004): a `data:` URI of an SVG image. */
  readonly qrCode: string;
  /** Set inside a sign-in: what `confirmTotp` goes on with. */
  readonly challenge: string | null;
}

/**
 * Puts a secret of Cognito's (RFC 6238: SHA-1, six digits, 30 seconds) into the forms that authenticators take.
 *
 * @param issuer the name under which the authenticator lists the account
 * @param label whose account it is
 */
export async function describeTotpSecret(
  secret: string | undefined,
  { issuer, label, challenge }: { issuer: string; label: string; challenge: string | null },
): Promise<TotpSetup> {
  if (secret === undefined) {
    throw new PortcullisError('UPSTREAM_UNAVAILABLE', 'The identity provider gave no secret.');
  }
  const uri = new TOTP({ issuer, label, secret: Secret.fromBase32(secret) }).toString();
  const image = await drawQrCode(uri, { type: 'svg', errorCorrectionLevel: 'M', width: 256 });
  const qrCode = `data:image/svg+xml;base64,${Buffer.from(image).toString('base64')}`;
  return { secret, uri, qrCode, challenge };
}
