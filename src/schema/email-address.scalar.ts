import { GraphQLEmailAddress } from 'graphql-scalars';

import { MAX_EMAIL_LENGTH, normalizeEmail } from '../services/users/email-address.js';
import { createRuledScalar } from './ruled-scalar.js';

/** An address that is brought to its normal form before it is judged: the one in which addresses are compared. */
export const EmailAddress = createRuledScalar(GraphQLEmailAddress, {
  description:
    'An email address as HTML has it: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address. What is sent here is first brought to its normal form: without blanks around it, in lower case, full-width characters as plain ones, an internationalised domain as the mail carries it (`xn--…`).',
  rule: `An email address is like name@example.com: at most ${MAX_EMAIL_LENGTH} characters, and before the @ unaccented letters, digits and signs alone.`,
  normalize: normalizeEmail,
});
