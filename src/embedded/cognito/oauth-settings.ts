import { z } from 'zod';

/** `<resource server>/<scope>`. */
const scope = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/);

/**
 * How a client gets tokens for itself. What is asked for and would not be done is refused: there are no pages to sign in on.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
export const oauthSettings = {
  AllowedOAuthFlows: z
    .array(z.enum(['code', 'implicit', 'client_credentials']))
    .max(3)
    .default([])
    .refine(
      (flows) => flows.every((flow) => flow === 'client_credentials'),
      'Member must be client_credentials: the flows of hosted pages are not supported',
    ),
  AllowedOAuthScopes: z.array(scope).max(50).default([]),
  AllowedOAuthFlowsUserPoolClient: z.boolean().default(false),
};
