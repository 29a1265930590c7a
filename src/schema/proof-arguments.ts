/** What the arguments of a proof of identity say of themselves, wherever one is asked for. */
export const PASSWORD =
  'The viewer’s own. INVALID_CREDENTIALS for a wrong one, which counts against the account.';

export const CODE =
  'Of the second factor that the viewer’s sign-ins ask for; null where there is none. BAD_USER_INPUT where it is missing, with the factor in `details.method`: a code that is sent is then on its way, and the same call is made again with it.';
