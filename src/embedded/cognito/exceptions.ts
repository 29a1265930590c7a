import { AwsServiceError } from '../aws-json.js';

/** The exceptions of the Cognito user pools API, with the messages that Cognito itself gives. */
const exception = (name: string) => (message: string) => new AwsServiceError(name, message);

export const invalidParameter = exception('InvalidParameterException');
export const notAuthorized = exception('NotAuthorizedException');
export const resourceNotFound = exception('ResourceNotFoundException');
export const invalidPassword = exception('InvalidPasswordException');
export const passwordHistoryViolated = () =>
  exception('PasswordHistoryPolicyViolationException')('Password has previously been used.');
export const unsupportedUserState = exception('UnsupportedUserStateException');
export const unsupportedTokenType = exception('UnsupportedTokenTypeException');
export const operationNotEnabled = exception('OperationNotEnabledException');
export const unsupportedOperation = exception('UnsupportedOperationException');

const UNKNOWN_OR_WRONG = 'Incorrect username or password.';

export const incorrectCredentials = () => notAuthorized(UNKNOWN_OR_WRONG);
export const passwordAttemptsExceeded = () => notAuthorized('Password attempts exceeded');
export const userDisabled = () => notAuthorized('User is disabled.');
export const invalidAccessToken = () => notAuthorized('Invalid Access Token');
export const accessTokenRevoked = () => notAuthorized('Access Token has been revoked');
export const invalidRefreshToken = () => notAuthorized('Invalid Refresh Token.');
export const refreshTokenRevoked = () => notAuthorized('Refresh Token has been revoked');
export const invalidSession = () => notAuthorized('Invalid session for the user.');
export const sessionExpired = () => notAuthorized('Invalid session for the user, session is expired.');

export const userNotFound = () => exception('UserNotFoundException')('User does not exist.');
export const userNotConfirmed = () => exception('UserNotConfirmedException')('User is not confirmed.');
export const passwordResetRequired = () =>
  exception('PasswordResetRequiredException')('Password reset required for the user');
export const usernameExists = (message = 'User already exists') =>
  exception('UsernameExistsException')(message);
export const aliasExists = () =>
  exception('AliasExistsException')('An account with the given email already exists.');
export const codeMismatch = () =>
  exception('CodeMismatchException')('Invalid verification code provided, please try again.');
export const expiredCode = () =>
  exception('ExpiredCodeException')('Invalid code provided, please request a code again.');
export const wrongMfaCode = () => exception('CodeMismatchException')('Invalid code received for user');
export const wrongDeliveredCode = () =>
  exception('CodeMismatchException')('Invalid code or auth state for the user.');
export const softwareTokenUsed = () =>
  exception('ExpiredCodeException')('Your software token has already been used once.');
export const softwareTokenRefused = () =>
  exception('EnableSoftwareTokenMFAException')('Code mismatch and fail enable Software Token MFA');
export const softwareTokenNotFound = (message = 'Software Token MFA does not exist for the user.') =>
  exception('SoftwareTokenMFANotFoundException')(message);
export const noSmsRole = () =>
  exception('InvalidSmsRoleAccessPolicyException')('Role does not have permission to publish with SNS');
export const tooManyFailedAttempts = () =>
  exception('TooManyFailedAttemptsException')('Attempt limit exceeded, please try after some time.');
export const attemptLimitExceeded = () =>
  exception('LimitExceededException')('Attempt limit exceeded, please try after some time.');
export const codeDeliveryFailure = () =>
  exception('CodeDeliveryFailureException')('Unable to deliver the message.');
export const refreshTokenReused = () =>
  exception('RefreshTokenReuseException')('Refresh token has been reused and is no longer valid.');
export const groupExists = () => exception('GroupExistsException')('A group with the name already exists.');
export const groupNotFound = () => resourceNotFound('Group not found.');
