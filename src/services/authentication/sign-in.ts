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

/** A code of this factor is asked for. */
export interface MfaRequired {
  readonly kind: 'mfa-required';
  readonly challenge: string;
  readonly methods: readonly MfaMethod[];
  /** Where it was sent, masked by Cognito; null for an authenticator. */
  readonly destination: string | null;
}

/** The account has several factors, and one has to be chosen. */
export interface MfaSelectionRequired {
  readonly kind: 'mfa-selection-required';
  readonly challenge: string;
  readonly methods: readonly MfaMethod[];
}

/** The pool requires a second factor, and the account has none. */
export interface MfaSetupRequired {
  readonly kind: 'mfa-setup-required';
  readonly challenge: string;
  readonly methods: readonly MfaMethod[];
}

/** What a step of a sign-in comes to. */
export type SignIn =
  Authenticated | NewPasswordRequired | MfaRequired | MfaSelectionRequired | MfaSetupRequired;

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
