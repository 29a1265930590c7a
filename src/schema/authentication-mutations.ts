/**
 * Mutations that check a password, a code or a token, or mail somebody. One operation may hold one of them, however it is
 * named there: otherwise a single request tries fifty passwords (OWASP GraphQL Cheat Sheet, "Batching Attacks").
 */
export const AUTHENTICATION_MUTATIONS: ReadonlySet<string> = new Set([
  'register',
  'confirmRegistration',
  'resendConfirmation',
  'login',
  'completeNewPassword',
  'selectMfaMethod',
  'respondToMfa',
  'setupTotp',
  'confirmTotp',
  'setMfaPreference',
  'disableMfa',
  'forgotPassword',
  'resetPassword',
  'changePassword',
  'changeEmail',
  'requestContactVerification',
  'verifyContact',
  'deleteMe',
  'refreshTokens',
  'updateMe',
]);
