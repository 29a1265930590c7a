import * as sdk from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, test } from 'vitest';

import {
  translateCognitoError,
  type CognitoPurpose,
} from '../../../../src/services/cognito/cognito-errors.js';

const failure = (name: string, message = 'AWS says so.') => Object.assign(new Error(message), { name });

describe('what Cognito says', () => {
  test.each<[CognitoPurpose, string, string, string]>([
    ['sign-in', 'NotAuthorizedException', 'Incorrect username or password.', 'INVALID_CREDENTIALS'],
    ['sign-in', 'NotAuthorizedException', 'User is disabled.', 'INVALID_CREDENTIALS'],
    ['sign-in', 'NotAuthorizedException', 'Password attempts exceeded', 'ACCOUNT_LOCKED'],
    [
      'sign-in',
      'NotAuthorizedException',
      'Unable to verify secret hash for client 1',
      'UPSTREAM_UNAVAILABLE',
    ],
    [
      'sign-in',
      'NotAuthorizedException',
      'Temporary password has expired and must be reset by an administrator.',
      'PASSWORD_RESET_REQUIRED',
    ],
    ['sign-in', 'UserNotFoundException', 'User does not exist.', 'INVALID_CREDENTIALS'],
    ['sign-in', 'UserNotConfirmedException', 'User is not confirmed.', 'USER_NOT_CONFIRMED'],
    ['sign-in', 'PasswordResetRequiredException', 'Reset it.', 'PASSWORD_RESET_REQUIRED'],
    ['sign-in', 'InvalidParameterException', 'USER_PASSWORD_AUTH flow not enabled', 'UPSTREAM_UNAVAILABLE'],
    ['answer-challenge', 'NotAuthorizedException', 'Invalid session for the user.', 'CODE_EXPIRED'],
    ['answer-challenge', 'NotAuthorizedException', 'User is disabled.', 'INVALID_CREDENTIALS'],
    [
      'answer-challenge',
      'ExpiredCodeException',
      'Your software token has already been used once.',
      'CODE_EXPIRED',
    ],
    [
      'answer-challenge',
      'InvalidPasswordException',
      'Password must have symbol characters',
      'PASSWORD_POLICY',
    ],
    ['refresh', 'NotAuthorizedException', 'Refresh Token has been revoked', 'UNAUTHENTICATED'],
    ['refresh', 'UserNotFoundException', 'User does not exist.', 'UNAUTHENTICATED'],
    ['refresh', 'RefreshTokenReuseException', 'Reused.', 'UNAUTHENTICATED'],
    ['register', 'UsernameExistsException', 'User already exists', 'CONFLICT'],
    ['register', 'InvalidParameterException', 'Bad.', 'BAD_USER_INPUT'],
    ['confirm-registration', 'CodeMismatchException', 'Invalid code.', 'CODE_MISMATCH'],
    ['confirm-registration', 'ExpiredCodeException', 'Expired.', 'CODE_MISMATCH'],
    ['confirm-registration', 'AliasExistsException', 'Taken.', 'CODE_MISMATCH'],
    ['confirm-registration', 'LimitExceededException', 'Wait.', 'CODE_MISMATCH'],
    ['confirm-registration', 'UserNotFoundException', 'User does not exist.', 'CODE_MISMATCH'],
    ['confirm-registration', 'NotAuthorizedException', 'Current status is CONFIRMED', 'CODE_MISMATCH'],
    ['confirm-registration', 'TooManyFailedAttemptsException', 'Wait.', 'CODE_MISMATCH'],
    ['answer-challenge', 'ExpiredCodeException', 'Expired.', 'CODE_EXPIRED'],
    ['register', 'LimitExceededException', 'Wait.', 'RATE_LIMITED'],
    ['resend-confirmation', 'LimitExceededException', 'Wait.', 'RATE_LIMITED'],
    ...(['forgot-password', 'reset-password'] as const).flatMap((purpose) =>
      (
        [
          ['UserNotFoundException', 'User does not exist.'],
          ['NotAuthorizedException', 'User is disabled.'],
          ['NotAuthorizedException', 'User password cannot be reset in the current state.'],
          ['InvalidParameterException', 'There is no registered/verified email or phone_number'],
          ['UserNotConfirmedException', 'User is not confirmed.'],
          ['PasswordResetRequiredException', 'Reset it.'],
          ['ExpiredCodeException', 'Expired.'],
          ['TooManyFailedAttemptsException', 'Wait.'],
          ['LimitExceededException', 'Wait.'],
          ['CodeMismatchException', 'Wrong.'],
        ] as const
      ).map(([name, message]): [CognitoPurpose, string, string, string] => [
        purpose,
        name,
        message,
        'CODE_MISMATCH',
      ]),
    ),
    ['reset-password', 'PasswordHistoryPolicyViolationException', 'Used.', 'PASSWORD_POLICY'],
    ['reset-password', 'NotAuthorizedException', 'Unable to verify secret hash', 'UPSTREAM_UNAVAILABLE'],
    ['change-password', 'NotAuthorizedException', 'Incorrect username or password.', 'INVALID_CREDENTIALS'],
    ['change-password', 'NotAuthorizedException', 'Password attempts exceeded', 'ACCOUNT_LOCKED'],
    ['change-password', 'NotAuthorizedException', 'Access Token has been revoked', 'UNAUTHENTICATED'],
    ['change-password', 'LimitExceededException', 'Wait.', 'RATE_LIMITED'],
    ['contact', 'NotAuthorizedException', 'Access Token has expired', 'UNAUTHENTICATED'],
    ['contact', 'AliasExistsException', 'Taken.', 'CONFLICT'],
    ['contact', 'ExpiredCodeException', 'Expired.', 'CODE_EXPIRED'],
    ['contact', 'TooManyFailedAttemptsException', 'Wait.', 'CODE_EXPIRED'],
    ['contact', 'LimitExceededException', 'Wait.', 'RATE_LIMITED'],
    ['administrative-reset', 'UserNotFoundException', 'User does not exist.', 'NOT_FOUND'],
    ['administrative-reset', 'NotAuthorizedException', 'User is disabled.', 'CONFLICT'],
    ['administrative-reset', 'InvalidParameterException', 'No verified email', 'CONFLICT'],
    ['administration', 'UserNotFoundException', 'User does not exist.', 'NOT_FOUND'],
    ['administration', 'AliasExistsException', 'Taken.', 'CONFLICT'],
    ['administration', 'ResourceNotFoundException', 'User pool 1 does not exist.', 'UPSTREAM_UNAVAILABLE'],
    ['role', 'ResourceNotFoundException', 'Group not found.', 'NOT_FOUND'],
    ['role', 'ResourceNotFoundException', 'User pool 1 does not exist.', 'UPSTREAM_UNAVAILABLE'],
    ['administration', 'TooManyRequestsException', 'Slow down.', 'UPSTREAM_THROTTLED'],
    ['administration', 'ThrottlingException', 'Slow down.', 'UPSTREAM_THROTTLED'],
    ['administration', 'InternalErrorException', 'Oops.', 'UPSTREAM_UNAVAILABLE'],
    ['administration', 'CredentialsProviderError', 'No credentials.', 'UPSTREAM_UNAVAILABLE'],
    ['administration', 'UnrecognizedClientException', 'Bad token.', 'UPSTREAM_UNAVAILABLE'],
    ['administration', 'TimeoutError', 'socket hang up', 'UPSTREAM_UNAVAILABLE'],
  ])('on %s: %s (%s) is %s', (purpose, name, message, code) => {
    expect(translateCognitoError(purpose, failure(name, message))).toMatchObject({ code });
  });

  test('about a password is said again in words of our own, rule by rule', () => {
    const said = 'Password did not conform with policy: Password must have uppercase characters';
    expect(translateCognitoError('register', failure('InvalidPasswordException', said))).toMatchObject({
      message: 'The password must have an upper-case letter from A to Z.',
      details: { rules: ['UPPERCASE'] },
    });
    expect(translateCognitoError('register', failure('InvalidPasswordException'))).toMatchObject({
      message: 'The password does not meet the password policy.',
      details: undefined,
    });
  });
});

const EXCEPTIONS = Object.keys(sdk).filter((name) => name.endsWith('Exception'));
const PURPOSES: CognitoPurpose[] = [
  'register',
  'confirm-registration',
  'resend-confirmation',
  'sign-in',
  'answer-challenge',
  'forgot-password',
  'reset-password',
  'change-password',
  'contact',
  'refresh',
  'revoke',
  'administration',
  'administrative-reset',
  'role',
];

test('nothing that AWS wrote reaches the caller, whatever the exception', () => {
  const secret = 'arn:aws:iam::123456789012:role/secret';
  for (const name of [...EXCEPTIONS, 'Error', 'constructor', '__proto__']) {
    for (const purpose of PURPOSES) {
      const { message, details, cause } = translateCognitoError(purpose, failure(name, secret));
      expect(JSON.stringify({ message, details })).not.toContain('arn:');
      expect(cause).toBeInstanceOf(Error);
    }
  }
  expect(translateCognitoError('sign-in', 'not even an error')).toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
  });
});
