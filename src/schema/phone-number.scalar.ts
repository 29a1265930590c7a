import { GraphQLPhoneNumber } from 'graphql-scalars';

import { PHONE_NUMBER_RULE } from '../services/users/input-bounds.js';
import { createRuledScalar } from './ruled-scalar.js';

/** What nobody would take for a number: whether it is one in E.164 form is judged where it is set. */
export const PhoneNumber = createRuledScalar(GraphQLPhoneNumber, {
  description:
    'A telephone number in E.164 form, https://en.wikipedia.org/wiki/E.164, such as +4915112345678: with its country code, without blanks.',
  rule: PHONE_NUMBER_RULE,
});
