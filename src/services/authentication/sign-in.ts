import type { MfaMethod } from '../users/user-store.js';
import type { Viewer } from './viewer.js';

/** Signed in: the tokens, and who they make the viewer. */
export interface Authenticated {
  readonly kind: 'authenticated';
  readonly accessToken: string;
  readonly idToken: string;
  /** Null when the tokens were refreshed without rotation. */
  readonly refreshToken: string | null;
  /** Seconds until the access token ends. */
  readonly expiresIn: number;
  readonly viewer: Viewer;
}

/** The password was a temporary one; the challenge is good for three minutes. */
export interface NewPasswordRequired {
  readonly kind: 'new-password-required';
  readonly challenge: string;
  readonly missingAttributes: readonly string[];
}

/** What a step of a sign-in comes to. */
export type SignIn = Authenticated | NewPasswordRequired;

/** Where a code was sent. */
export interface CodeDelivery {
  readonly medium: MfaMethod;
  /** Masked, such as `f***@e***`. */
  readonly destination: string;
}

/** A registration; it reads the same whether or not the address had an account. */
export interface Registration {
  readonly userId: string;
  readonly confirmed: boolean;
  readonly codeDelivery: CodeDelivery | null;
}
