import type { CallFrame, Categorize } from './profile.js';

/** What the main thread works at during a sign-in. */
export type Work =
  | 'the database'
  | 'the AWS SDK'
  | 'the embedded Cognito'
  | 'decisions'
  | 'GraphQL'
  | 'HTTP'
  | 'the service itself'
  | 'tokens'
  | 'collecting garbage'
  | 'other'
  | 'idle';

/** By the first that the source's path matches. Drizzle's own source maps put its files into `node_modules/src/`. */
const PLACES: readonly (readonly [RegExp, Work])[] = [
  [/node_modules\/(@electric-sql|drizzle-orm|pg|src)\/|src\/services\/database\//, 'the database'],
  [/node_modules\/(@aws-sdk|@aws-crypto|@smithy)\/|src\/embedded\/(aws-json|in-process)/, 'the AWS SDK'],
  [
    /node_modules\/@cedar-policy\/|src\/services\/(cedar|authorization)\/|src\/embedded\/verified/,
    'decisions',
  ],
  [/node_modules\/jose\/|src\/services\/tokens\//, 'tokens'],
  [/src\/embedded\/|node_modules\/(zod|@node-rs)\//, 'the embedded Cognito'],
  [
    /node_modules\/(graphql|@graphql-tools|@apollo|type-graphql|@as-integrations|dataloader)\/|src\/(directives|schema|resolvers)\//,
    'GraphQL',
  ],
  [
    /node_modules\/(@?fastify|find-my-way|light-my-request|helmet|avvio|pino)\b|src\/http\/|^node:_http|^node:net|internal\/stream/,
    'HTTP',
  ],
  [/src\//, 'the service itself'],
];

/** What V8 does for nobody in particular. */
const UNASKED: ReadonlyMap<string, Work> = new Map([
  ['(garbage collector)', 'collecting garbage'],
  ['(idle)', 'idle'],
]);

/** Tells by its source what a frame works at. Node's own functions and those of WebAssembly work for whoever calls them. */
export function workOf(sourceOf: (frame: CallFrame) => string): Categorize<Work> {
  return (frame) => {
    const source = sourceOf(frame);
    return UNASKED.get(frame.functionName) ?? PLACES.find(([place]) => place.test(source))?.[1];
  };
}
