import { PortcullisError, type ErrorCode, type PortcullisErrorOptions } from '../../errors.js';
import { passwordRefusal } from '../passwords/broken-rule.js';
import { rulesBrokenBy } from './password-policy.js';

/** What a call to Cognito is for; the same exception means different things to different callers. */
export type CognitoPurpose =
  | 'register'
  | 'confirm-registration'
  | 'resend-confirmation'
  | 'sign-in'
  | 'answer-challenge'
  | 'totp'
  | 'forgot-password'
  | 'reset-password'
  | 'change-password'
  | 'contact'
  | 'refresh'
  | 'revoke'
  | 'administration'
  | 'administrative-reset'
  | 'role';

type Answer = readonly [code: ErrorCode, message: string, options?: Omit<PortcullisErrorOptions, 'cause'>];
type Mapping = (purpose: CognitoPurpose, vendorMessage: string) => Answer;

const MISCONFIGURED: Answer = [
  'UPSTREAM_UNAVAILABLE',
  'The identity provider is not set up for this.',
  { retryable: false },
];
const UNAVAILABLE: Answer = ['UPSTREAM_UNAVAILABLE', 'The identity provider does not answer at the moment.'];
const THROTTLED: Answer = [
  'UPSTREAM_THROTTLED',
  'The identity provider is too busy; try again.',
  { retryAfter: 1 },
];
const WRONG_CREDENTIALS: Answer = ['INVALID_CREDENTIALS', 'The email address or the password is wrong.'];
/** Cognito says so to who knows that password. */
const INVITATION_EXPIRED: Answer = [
  'PASSWORD_RESET_REQUIRED',
  'The temporary password has expired; an administrator has to send another one.',
  { details: { reason: 'TEMPORARY_PASSWORD_EXPIRED' } },
];
const CREDENTIAL_REFUSED: Answer = ['UNAUTHENTICATED', 'The credential is not valid. Sign in again.'];
/** Cognito locks for a second up to 15 minutes, and says nothing of how long. */
const LOCKED: Answer = [
  'ACCOUNT_LOCKED',
  'Too many failed sign-ins; the account is locked for a while.',
  { retryAfter: 60 },
];
const WRONG_STATE: Answer = ['CONFLICT', 'The account is not in a state that allows this.'];
const WRONG_CODE: Answer = ['CODE_MISMATCH', 'The code is wrong or no longer good.'];
const CODE_EXPIRED: Answer = ['CODE_EXPIRED', 'The code has expired; ask for another one.'];
/** An authenticator's, which nobody can ask for. */
const CODE_USED: Answer = ['CODE_EXPIRED', 'This code has been used; wait for the next one.'];
/** Cognito counts by the hour, and does not say when it has passed. */
const TOO_MANY_TRIES: Answer = [
  'RATE_LIMITED',
  'Too many codes were asked for or tried; wait before the next one.',
  { retryAfter: 900 },
];
const NO_SUCH_PERSON: Answer = ['NOT_FOUND', 'The user does not exist.'];

const always =
  (answer: Answer): Mapping =>
  () =>
    answer;

/** Those who ask name an account that may not exist, and are not to learn whether it does. */
const TELLING_NOTHING: ReadonlySet<CognitoPurpose> = new Set([
  'confirm-registration',
  'forgot-password',
  'reset-password',
]);

/** Only an account that exists can meet these: who confirms an address reads the same as where there is none. */
const ofAnAccount =
  (answer: Answer): Mapping =>
  (purpose) =>
    TELLING_NOTHING.has(purpose) ? WRONG_CODE : answer;

function passwordRefused(_purpose: CognitoPurpose, vendorMessage: string): Answer {
  const { code, message, details } = passwordRefusal(rulesBrokenBy(vendorMessage));
  return [code, message, details === undefined ? {} : { details }];
}

function notAuthorized(purpose: CognitoPurpose, vendorMessage: string): Answer {
  if (/secret hash|SECRET_HASH|is configured/i.test(vendorMessage)) return MISCONFIGURED;
  switch (purpose) {
    case 'sign-in':
      if (/has expired/i.test(vendorMessage)) return INVITATION_EXPIRED;
      return /attempts exceeded/i.test(vendorMessage) ? LOCKED : WRONG_CREDENTIALS;
    case 'answer-challenge':
      return /session/i.test(vendorMessage)
        ? ['CODE_EXPIRED', 'This has ended, or took too long. Begin again.']
        : WRONG_CREDENTIALS;
    case 'change-password':
      if (/attempts exceeded/i.test(vendorMessage)) return LOCKED;
      return /incorrect/i.test(vendorMessage)
        ? ['INVALID_CREDENTIALS', 'The password is wrong.']
        : CREDENTIAL_REFUSED;
    case 'totp':
    case 'contact':
    case 'refresh':
    case 'revoke':
      return CREDENTIAL_REFUSED;
    // "User cannot be confirmed. Current status is CONFIRMED" would tell that the account exists.
    case 'confirm-registration':
    case 'resend-confirmation':
    case 'forgot-password':
    case 'reset-password':
      return WRONG_CODE;
    case 'register':
      return MISCONFIGURED;
    // "User is disabled." and "User password cannot be reset in the current state."
    case 'administrative-reset':
      return WRONG_STATE;
    case 'administration':
    case 'role':
      return ['UPSTREAM_UNAVAILABLE', 'The identity provider refused this service.', { retryable: false }];
  }
}

function personNotFound(purpose: CognitoPurpose): Answer {
  switch (purpose) {
    case 'sign-in':
    case 'answer-challenge':
      return WRONG_CREDENTIALS;
    case 'confirm-registration':
    case 'resend-confirmation':
    case 'forgot-password':
    case 'reset-password':
      return WRONG_CODE;
    case 'totp':
    case 'change-password':
    case 'contact':
    case 'refresh':
    case 'revoke':
      return CREDENTIAL_REFUSED;
    case 'register':
    case 'administration':
    case 'administrative-reset':
    case 'role':
      return NO_SUCH_PERSON;
  }
}

/** A group that is missing is the caller's mistake; a pool or a client that is missing is ours. */
const resourceNotFound: Mapping = (purpose, vendorMessage) =>
  purpose === 'role' && !/pool|client/i.test(vendorMessage)
    ? ['NOT_FOUND', 'The role does not exist.']
    : MISCONFIGURED;

const invalidParameter: Mapping = (purpose, vendorMessage) => {
  if (/flow not enabled|auth flow/i.test(vendorMessage) || purpose === 'revoke') return MISCONFIGURED;
  // "… as there is no registered/verified email or phone_number" is what it mostly is.
  if (TELLING_NOTHING.has(purpose) && purpose !== 'confirm-registration') return WRONG_CODE;
  if (purpose === 'administrative-reset') return WRONG_STATE;
  return ['BAD_USER_INPUT', 'The identity provider does not accept one of the values.'];
};

/** A code that was tried too often is dead, which who has an account may know; elsewhere the tries are what is too many. */
const tooManyTries: Mapping = (purpose, vendorMessage) =>
  purpose === 'contact' ? CODE_EXPIRED : ofAnAccount(TOO_MANY_TRIES)(purpose, vendorMessage);

/** Cognito did what was asked, but its message does not go out: it finds that out only where there is an account. */
const UNDELIVERED: ReadonlySet<string> = new Set([
  'CodeDeliveryFailureException',
  'InvalidEmailRoleAccessPolicyException',
  'InvalidSmsRoleAccessPolicyException',
  'InvalidSmsRoleTrustRelationshipException',
]);

/** Whether a call failed only in that its message did not go out. */
export const isUndelivered = (error: unknown): boolean =>
  error instanceof PortcullisError && error.cause instanceof Error && UNDELIVERED.has(error.cause.name);

/** Every exception of the operations that this service calls. */
const MAPPINGS: Readonly<Record<string, Mapping>> = {
  AliasExistsException: ofAnAccount(['CONFLICT', 'Another account has this email address or phone number.']),
  CodeDeliveryFailureException: always(['UPSTREAM_UNAVAILABLE', 'The message could not be delivered.']),
  CodeMismatchException: always(WRONG_CODE),
  ConcurrentModificationException: always(['CONFLICT', 'Somebody else changed this at the same time.']),
  EnableSoftwareTokenMFAException: always(WRONG_CODE),
  ExpiredCodeException: (purpose, vendorMessage) =>
    /already been used/i.test(vendorMessage) ? CODE_USED : ofAnAccount(CODE_EXPIRED)(purpose, vendorMessage),
  FeatureUnavailableInTierException: always(MISCONFIGURED),
  ForbiddenException: always(MISCONFIGURED),
  InternalErrorException: always(UNAVAILABLE),
  InternalServerException: always(UNAVAILABLE),
  InvalidEmailRoleAccessPolicyException: always(MISCONFIGURED),
  InvalidLambdaResponseException: always(UNAVAILABLE),
  InvalidParameterException: invalidParameter,
  InvalidPasswordException: passwordRefused,
  InvalidSmsRoleAccessPolicyException: always(MISCONFIGURED),
  InvalidSmsRoleTrustRelationshipException: always(MISCONFIGURED),
  InvalidUserPoolConfigurationException: always(MISCONFIGURED),
  LimitExceededException: ofAnAccount(TOO_MANY_TRIES),
  MFAMethodNotFoundException: always(MISCONFIGURED),
  NotAuthorizedException: notAuthorized,
  OperationNotEnabledException: always(MISCONFIGURED),
  // Its name says which rule, whatever its words are.
  PasswordHistoryPolicyViolationException: (purpose) => passwordRefused(purpose, 'history'),
  PasswordResetRequiredException: ofAnAccount([
    'PASSWORD_RESET_REQUIRED',
    'The password must be reset first.',
  ]),
  PreconditionNotMetException: always(WRONG_STATE),
  RefreshTokenReuseException: always(CREDENTIAL_REFUSED),
  ResourceNotFoundException: resourceNotFound,
  SoftwareTokenMFANotFoundException: always([
    'BAD_USER_INPUT',
    'An authenticator is not set up: begin with setupTotp.',
  ]),
  ThrottlingException: always(THROTTLED),
  TooManyFailedAttemptsException: tooManyTries,
  TooManyRequestsException: always(THROTTLED),
  UnauthorizedException: always(CREDENTIAL_REFUSED),
  UnexpectedLambdaException: always(UNAVAILABLE),
  UnsupportedOperationException: always(MISCONFIGURED),
  UnsupportedTokenTypeException: always(MISCONFIGURED),
  UnsupportedUserStateException: always(WRONG_STATE),
  UserImportInProgressException: always(UNAVAILABLE),
  UserLambdaValidationException: always(['BAD_USER_INPUT', 'The identity provider refused the values.']),
  UserNotConfirmedException: ofAnAccount(['USER_NOT_CONFIRMED', 'The account has not been confirmed yet.']),
  UserNotFoundException: personNotFound,
  UserPoolAddOnNotEnabledException: always(MISCONFIGURED),
  UsernameExistsException: always(['CONFLICT', 'Another account has this email address.']),
};

/**
 * What a failed call to Cognito means to the caller of this service, in this service's own words: nothing that AWS wrote
 * is passed on, only kept as the cause. Whatever is not an exception of Cognito's (no network, no credentials, a time-out)
 * reads as UPSTREAM_UNAVAILABLE.
 */
export function translateCognitoError(purpose: CognitoPurpose, error: unknown): PortcullisError {
  if (error instanceof PortcullisError) return error;
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  const mapping = Object.hasOwn(MAPPINGS, name) ? MAPPINGS[name] : undefined;
  const [code, text, options] = mapping?.(purpose, message) ?? UNAVAILABLE;
  return new PortcullisError(code, text, { ...options, cause: error });
}
