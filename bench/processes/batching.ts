// Asks once for a page of 50 people with two decisions each, and each of the cases, and tells what that took of the engine.
import { createBenchApp } from '../bench-app.js';
import { CALL_CASES, entitiesOf } from '../call-cases.js';
import { askOnce } from '../load.js';
import { announce } from './announce.js';

const PAGE = {
  query: `{
    users(first: 50, filter: { userType: END_USER }) {
      nodes { id email update: can(action: "updateUser") { allowed } delete: can(action: "deleteUser") { allowed } }
    }
  }`,
};

const { app, embedded, adminToken } = await createBenchApp({ people: 60 });
let calls = 0;
embedded.verifiedPermissions.middlewareStack.add(
  (next, { commandName }) =>
    (args) => {
      // The service looks for changed policies meanwhile.
      if (commandName?.includes('IsAuthorized')) calls += 1;
      return next(args);
    },
  { step: 'initialize' },
);
const waves: { questions: number; principals: number }[] = [];
const { authorizer } = app.services;
const authorize = authorizer.authorize.bind(authorizer);
authorizer.authorize = (questions, entities, deadline) => {
  const principals = new Set(questions.map(({ principal }) => principal.id)).size;
  waves.push({ questions: questions.length, principals });
  return authorize(questions, entities, deadline);
};

const url = `${await app.server.listen({ host: '127.0.0.1', port: 0 })}/graphql`;
// What is loaded once is loaded now.
await askOnce(url, { query: '{ me { id } }' }, adminToken);
calls = 0;
waves.length = 0;
const { data } = JSON.parse(await askOnce(url, PAGE, adminToken)) as {
  data?: { users?: { nodes: unknown[] } | null };
};
if (data?.users?.nodes.length !== 50) throw new Error('The page does not hold 50 people.');
const page = { calls, waves: [...waves] };

const cases: Record<string, number> = {};
for (const { id, questions } of CALL_CASES) {
  calls = 0;
  const rulings = await authorize(questions, entitiesOf(questions));
  if (rulings.some(({ kind }) => kind !== 'answered')) throw new Error(`Not all of ${id} is answered.`);
  cases[id] = calls;
}
announce({ ...page, cases });
