import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';

import { enforceAuthorize } from '../../../src/directives/authorize.transformer.js';
import { subgraphParts } from '../../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../../src/schema/build-schema.js';

describe('the subgraph', () => {
  const schema = enforceAuthorize(buildUnguardedSchema(subgraphParts).schema);
  const fieldsOf = (name: string) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no object type.`);
    return type.getFields();
  };

  it('wraps guarded fields, and leaves the others to graphql-js', () => {
    const user = fieldsOf('User');
    expect(user.email?.resolve).toBeTypeOf('function');
    for (const name of ['id', 'givenName', 'createdAt', 'userType'])
      expect(user[name]?.resolve).toBeUndefined();
    for (const name of ['allowed', 'reason']) expect(fieldsOf('Decision')[name]?.resolve).toBeUndefined();
  });

  it('keeps a reference resolver for each entity', () => {
    for (const name of ['User', 'Session']) {
      const extensions = schema.getType(name)?.extensions as {
        apollo?: { subgraph?: { resolveReference?: unknown } };
      };
      expect(extensions.apollo?.subgraph?.resolveReference).toBeTypeOf('function');
    }
  });

  it('guards every entity and whatever of it identifies or describes contact', () => {
    const contact = ['email', 'emailVerified', 'phoneNumber', 'phoneNumberVerified'];
    const user = fieldsOf('User');
    for (const name of contact) {
      expect(user[name]?.astNode?.directives?.map((directive) => directive.name.value)).toContain(
        'authorize',
      );
    }
  });
});
