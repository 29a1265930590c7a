import { randomUUID } from 'node:crypto';

import { createYoga } from 'graphql-yoga';

import { RequestContext } from '../../src/context.js';
import type { Viewer } from '../../src/services/authentication/viewer.js';
import type { BenchApp } from '../bench-app.js';
import { shieldedSchema } from './shielded-schema.js';

/** What a request knows. Yoga copies it, so it holds no methods. */
interface ShieldedContext extends Pick<RequestContext, 'loaders' | 'services'> {
  readonly viewer: Viewer | null;
}

/** The schema with shield's rules, on GraphQL Yoga, over the same services. */
export function createShieldedYoga({ app: { services }, embedded }: BenchApp) {
  return createYoga({
    schema: shieldedSchema(embedded, ({ viewer }: ShieldedContext) => viewer),
    logging: 'warn',
    context: async ({ request }): Promise<ShieldedContext> => {
      const credential = await services.authentication.authenticate(
        request.headers.get('authorization') ?? undefined,
      );
      const client = { ipAddress: null, userAgent: request.headers.get('user-agent') };
      const { loaders } = new RequestContext(services, randomUUID(), client, credential);
      return { services, loaders, viewer: credential.kind === 'viewer' ? credential.viewer : null };
    },
  });
}
