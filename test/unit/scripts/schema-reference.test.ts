import { readFileSync } from 'node:fs';

import {
  buildASTSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';

import { schemaReference } from '../../../scripts/schema-reference.js';

const sdl = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8');

const headingsOf = (page: string) => [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title);
const anchorOf = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');

describe('the reference of the schema', () => {
  const page = schemaReference(sdl);

  it('has one section for each operation and type, with every field and value', () => {
    const headings = headingsOf(page);
    const types = Object.values(buildASTSchema(parse(sdl), { assumeValidSDL: true }).getTypeMap()).filter(
      (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
    );
    expect(types.length).toBeGreaterThan(30);
    for (const type of types) {
      expect(headings.filter((title) => title === type.name)).toHaveLength(1);
      const members = isEnumType(type)
        ? type.getValues()
        : isObjectType(type) || isInputObjectType(type)
          ? Object.values(type.getFields())
          : [];
      const section = page.split(`\n### ${type.name}\n`)[1]?.split('\n### ')[0];
      for (const { name } of members) {
        if (type.name === 'Query' || type.name === 'Mutation')
          expect(headings).toContain(`${type.name}.${name}`);
        else expect(section).toContain(`| \`${name}\``);
      }
    }
  });

  it('links to its own headings alone, and no two of them have the same anchor', () => {
    const anchors = headingsOf(page).map(anchorOf);
    expect(new Set(anchors).size).toBe(anchors.length);
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((link) => !anchors.includes(link ?? ''))).toEqual([]);
  });
});

describe('a section', () => {
  const page = schemaReference(`
    directive @authorize(action: String!, resource: String, resourceType: String) repeatable on FIELD_DEFINITION | OBJECT
    type Query {
      list(first: Int = 20, kind: [Kind!]!): [Item!] @authorize(action: "listItems")
      item(id: ID!): Item
        @authorize(action: "readItem", resource: "$args.id", resourceType: "Item")
        @authorize(action: "visit", resource: "$viewer")
    }
    type Item @key(fields: "id") @authorize(action: "readItem") {
      id: ID!
      "One | of\\nseveral."
      owner: Int @authorize(action: "readOwner") @deprecated(reason: "It is gone.")
      box: Int @authorize(action: "open", resource: "$source.boxId", resourceType: "Box")
    }
    enum Kind { "The one." ONE TWO }
  `);
  const section = (title: string) => page.split(`\n### ${title}\n\n`)[1]?.split(/\n+###? /)[0];

  it('of an operation says its arguments, answer and guards', () => {
    expect(section('Query.list')).toBe(
      [
        '| Argument | Type |\n| --- | --- |\n| `first` | Int = `20` |\n| `kind` | \\[[Kind](#kind)!\\]! |',
        '**Answers** \\[[Item](#item)!\\].',
        '**Needs** `listItems` on the application.',
      ].join('\n\n'),
    );
    expect(section('Query.item')).toContain(
      '**Needs** `readItem` on the Item that `id` names and `visit` on the viewer.',
    );
  });

  it('of a type says its marks, guards and fields, on one line each', () => {
    expect(section('Item')).toBe(
      [
        '`@key(fields: "id")`',
        '**Needs** `readItem` on the Item.',
        [
          '| Field | Type |  |',
          '| --- | --- | --- |',
          '| `id` | ID! |  |',
          '| `owner` | Int | One \\| of several. `@deprecated(reason: "It is gone.")` **Needs** `readOwner` on the Item. |',
          '| `box` | Int | **Needs** `open` on the Box that `boxId` names. |',
        ].join('\n'),
      ].join('\n\n'),
    );
  });

  it('of an enum says its values', () => {
    expect(section('Kind')).toContain('| `ONE` | The one. |\n| `TWO` |  |');
  });
});
