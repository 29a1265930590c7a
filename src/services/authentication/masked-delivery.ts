import type { CodeDelivery } from './sign-in.js';

/**
 * Where a code to this address goes, masked as Cognito masks it: `f***@e***`. It is always computed from the address that
 * was given, so that answers for accounts that exist and for those that do not cannot be told apart.
 */
export function maskedDelivery(email: string): CodeDelivery {
  const [first = ''] = email;
  const [domainFirst = ''] = email.slice(email.lastIndexOf('@') + 1);
  return { medium: 'EMAIL', destination: `${first}***@${domainFirst}***` };
}
