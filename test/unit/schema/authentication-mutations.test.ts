import { isInputObjectType, getNamedType, type GraphQLArgument, type GraphQLInputField } from 'graphql';
import { expect, it } from 'vitest';

import { subgraphParts } from '../../../src/resolvers/index.js';
import { AUTHENTICATION_MUTATIONS } from '../../../src/schema/authentication-mutations.js';
import { buildUnguardedSchema } from '../../../src/schema/build-schema.js';

/** What somebody guesses at who tries many. */
const PROOFS = /^(password|newPassword|code|challenge|refreshToken)$/;

const mutations = buildUnguardedSchema(subgraphParts).schema.getMutationType()!.getFields();

const takesProof = (arg: GraphQLArgument | GraphQLInputField): boolean => {
  const type = getNamedType(arg.type);
  return (
    PROOFS.test(arg.name) || (isInputObjectType(type) && Object.values(type.getFields()).some(takesProof))
  );
};

it('are all that take a password, a code or a token', () => {
  const provers = Object.values(mutations).filter(({ args }) => args.some(takesProof));
  expect(provers.length).toBeGreaterThan(4);
  for (const { name } of provers) expect(AUTHENTICATION_MUTATIONS).toContain(name);
});

it('are mutations of the schema', () => {
  expect(Object.keys(mutations)).toEqual(expect.arrayContaining([...AUTHENTICATION_MUTATIONS]));
});
