import { Secret, TOTP } from 'otpauth';

import type { FakeClock } from './fake-clock.js';

/** A code that is right in no step: one digit is none. */
export const wrongCode = (code: string): string => (code.startsWith('0') ? '1' : '0') + code.slice(1);

/** What a person holds in their hand: shows the code of a moment, computed by a library that is not the service's own code. */
export class Authenticator {
  private readonly totp: TOTP;

  constructor(base32: string) {
    this.totp = new TOTP({ secret: Secret.fromBase32(base32) });
  }

  codeAt(time: Date): string {
    return this.totp.generate({ timestamp: time.getTime() });
  }

  /** The code of the step that begins now: the clock goes on to it, since a used one is good no more. */
  nextCode(clock: FakeClock): string {
    clock.advance(30_000);
    return this.codeAt(clock.now());
  }
}
