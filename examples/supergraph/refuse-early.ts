import type { GatewayConfigSupergraph, GatewayContext } from '@graphql-hive/gateway-runtime';
import { Kind, parse, valueFromASTUntyped, visit } from 'graphql';

export interface RefuseEarlyOptions {
  /** The coprocessor of Portcullis, such as `http://127.0.0.1:4001/coprocessor`. */
  readonly coprocessorUrl: string;
  readonly gatewaySecret: string;
  readonly supergraphSdl: string;
}

/** Who is signed in, and which policies are granted to them. */
interface SignedIn {
  readonly policies: readonly string[];
}

const POLICIES = 'apollo::authorization::required_policies';
const CLAIMS = 'apollo::authentication::jwt_claims';
/** Nobody waits longer for a gateway to refuse something. */
const PATIENCE_MS = 1_000;

/**
 * The `genericAuth` of a Hive gateway that refuses what `@authenticated` and `@policy` refuse, before a subgraph is asked. Who
 * is signed in, and which policies hold, it asks Portcullis once for each request that brings a credential. Where that fails,
 * nobody is signed in.
 */
export function refuseEarly({ coprocessorUrl, gatewaySecret, supergraphSdl }: RefuseEarlyOptions) {
  const undecided = Object.fromEntries(policiesIn(supergraphSdl).map((policy) => [policy, null]));

  async function ask(authorization: string): Promise<SignedIn | null> {
    const answer = await fetch(coprocessorUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-gateway-secret': gatewaySecret },
      signal: AbortSignal.timeout(PATIENCE_MS),
      body: JSON.stringify({
        version: 1,
        stage: 'SupergraphRequest',
        control: 'continue',
        headers: { authorization: [authorization] },
        context: { entries: { [POLICIES]: undecided } },
      }),
    });
    if (!answer.ok) throw new Error(`The coprocessor answers with HTTP ${answer.status}.`);
    const { context } = (await answer.json()) as {
      context?: { entries?: { [POLICIES]?: Record<string, boolean>; [CLAIMS]?: object } };
    };
    if (context?.entries?.[CLAIMS] === undefined) return null;
    const decided = Object.entries(context.entries[POLICIES] ?? {});
    return { policies: decided.filter(([, granted]) => granted === true).map(([policy]) => policy) };
  }

  return {
    mode: 'protect-granular',
    // What is refused is null with an error, and the rest of the operation goes on.
    rejectUnauthenticated: false,
    async resolveUserFn({ request, log }: GatewayContext) {
      const authorization = request.headers.get('authorization');
      if (authorization === null) return null;
      try {
        return await ask(authorization);
      } catch (error) {
        log.warn({ reason: String(error) }, 'The coprocessor could not be asked: nobody is signed in.');
        return null;
      }
    },
    extractPolicies: ({ policies }: SignedIn) => [...policies],
  } as const satisfies GatewayConfigSupergraph['genericAuth'];
}

/** All policies that a supergraph names. */
function policiesIn(supergraphSdl: string): readonly string[] {
  const policies = new Set<string>();
  visit(parse(supergraphSdl), {
    [Kind.DIRECTIVE]({ name, arguments: args }) {
      if (name.value !== 'policy') return;
      const lists = args?.map(({ value }) => valueFromASTUntyped(value)) as string[][][] | undefined;
      for (const policy of lists?.flat(2) ?? []) policies.add(policy);
    },
  });
  return [...policies];
}
