import { Kind, parse, visit, type ASTNode } from 'graphql';
import { expect, it } from 'vitest';

import { subgraphParts } from '../../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../../src/schema/build-schema.js';

/** All that a schema defines, by its path, and whether it says what it is. */
function definitions(sdl: string): { path: string; isDescribed: boolean }[] {
  const found: { path: string; isDescribed: boolean }[] = [];
  const path: string[] = [];
  visit(parse(sdl), {
    enter(node: ASTNode) {
      if (node.kind === Kind.DIRECTIVE) return false;
      if (!('description' in node) || !('name' in node) || !node.name) return;
      path.push(node.name.value);
      found.push({ path: path.join('.'), isDescribed: Boolean(node.description?.value.trim()) });
      if (node.kind !== Kind.DIRECTIVE_DEFINITION) return;
      // A directive speaks of its arguments itself.
      path.pop();
      return false;
    },
    leave(node: ASTNode) {
      if ('description' in node && 'name' in node && node.name) path.pop();
    },
  });
  return found;
}

const undescribed = (sdl: string) =>
  definitions(sdl).flatMap(({ path, isDescribed }) => (isDescribed ? [] : [path]));

it('every type, field, argument, input and value of the schema has a description', () => {
  const { sdl } = buildUnguardedSchema(subgraphParts);
  expect(definitions(sdl).length).toBeGreaterThan(200);
  expect(undescribed(sdl)).toEqual([]);
});

it('what lacks one is found wherever it stands', () => {
  const sdl = `
    scalar Day
    "A" directive @mark(by: Int) on OBJECT
    "A" type Query @mark(by: 1) { "B" item(id: ID, "C" day: Day): Int, other: Int }
    "A" enum Kind { "B" ONE TWO }
    "A" input Wish { "" day: Day }
    union Any = Query
  `;
  expect(undescribed(sdl)).toEqual(['Day', 'Query.item.id', 'Query.other', 'Kind.TWO', 'Wish.day', 'Any']);
});
