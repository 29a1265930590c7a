import {
  buildASTSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  isUnionType,
  parse,
  type GraphQLDirective,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

import type { AuthorizeUsage } from '../src/directives/authorize.directive.js';
import { authorizeUsages } from '../src/directives/guarded-types.js';
import {
  argumentList,
  inputTable,
  linkTo,
  marksOf,
  table,
  typeLink,
  wordsOf,
} from './schema-reference-markdown.js';

const INTRODUCTION = `# Schema reference

The types, fields and arguments of [\`schema.graphql\`](../schema.graphql), in its own words. \`npm run docs:schema\` writes
this page; \`npm run docs:check\` says whether it is current.

**Needs** names the Cedar action that the viewer must be permitted, and on what; [the policies](../policies/README.md) say
who is. Where a type needs one, every object of it is asked for, however it was reached. What is denied is null, with
FORBIDDEN at its path, or UNAUTHENTICATED where nobody is signed in; from a list it is left out.`;

const KINDS: Readonly<Record<string, (type: GraphQLNamedType) => boolean>> = {
  Objects: isObjectType,
  Interfaces: isInterfaceType,
  Unions: isUnionType,
  Inputs: isInputObjectType,
  Enums: isEnumType,
  Scalars: isScalarType,
};

interface Section {
  readonly title: string;
  /** Paragraphs and tables; what is empty is left out. */
  readonly blocks: readonly string[];
}

interface Chapter {
  readonly title: string;
  readonly words?: string;
  readonly sections: readonly Section[];
}

/** A Markdown page on a subgraph's SDL: its contents, then a section for each operation, type and directive. */
export function schemaReference(sdl: string): string {
  const chapters = chaptersOf(buildASTSchema(parse(sdl), { assumeValidSDL: true }));
  const contents = chapters.map(
    ({ title, sections }) =>
      `- ${linkTo(title)}: ${sections.map((section) => linkTo(section.title, section.title.replace(`${title}.`, ''))).join(', ')}`,
  );
  const body = chapters.flatMap(({ title, words = '', sections }) => [
    `## ${title}`,
    words,
    ...sections.flatMap((section) => [`### ${section.title}`, ...section.blocks]),
  ]);
  const blocks = [INTRODUCTION, contents.join('\n'), ...body].filter((block) => block !== '');
  return `${blocks.join('\n\n')}\n`;
}

function chaptersOf(schema: GraphQLSchema): Chapter[] {
  const roots = [schema.getQueryType(), schema.getMutationType()].filter(
    (type) => type !== null && type !== undefined,
  );
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type))
    .filter((type) => roots.every((root) => root !== type))
    .sort((one, other) => one.name.localeCompare(other.name));
  const directives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
  const chapters: Chapter[] = [
    ...roots.map((root) => ({
      title: root.name,
      words: wordsOf(root),
      sections: Object.values(root.getFields()).map((field) => operationSection(schema, root, field)),
    })),
    ...Object.entries(KINDS).map(([title, isOfKind]) => ({
      title,
      sections: types.filter(isOfKind).map((type) => typeSection(schema, type)),
    })),
    { title: 'Directives', sections: directives.map(directiveSection) },
  ];
  return chapters.filter(({ sections }) => sections.length > 0);
}

function operationSection(
  schema: GraphQLSchema,
  root: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): Section {
  return {
    title: `${root.name}.${field.name}`,
    blocks: [
      wordsOf(field),
      marksOf(field),
      inputTable('Argument', field.args),
      `**Answers** ${typeLink(field.type)}.`,
      needs(authorizeUsages(schema, field)),
    ],
  };
}

function typeSection(schema: GraphQLSchema, type: GraphQLNamedType): Section {
  const blocks = [wordsOf(type), marksOf(type)];
  if (isObjectType(type) || isInterfaceType(type)) {
    const rows = Object.values(type.getFields()).map((field) => [
      `\`${field.name}\`${argumentList(field.args)}`,
      typeLink(field.type),
      [
        wordsOf(field),
        ...field.args.filter(wordsOf).map((argument) => `\`${argument.name}\`: ${wordsOf(argument)}`),
        marksOf(field),
        needs(authorizeUsages(schema, field), type.name),
      ].join(' '),
    ]);
    blocks.push(needs(authorizeUsages(schema, type), type.name), table(['Field', 'Type', ''], rows));
  } else if (isInputObjectType(type)) {
    blocks.push(inputTable('Field', Object.values(type.getFields())));
  } else if (isUnionType(type)) {
    blocks.push(`One of ${type.getTypes().map(typeLink).join(', ')}.`);
  } else if (isEnumType(type)) {
    const rows = type
      .getValues()
      .map((value) => [`\`${value.name}\``, `${wordsOf(value)} ${marksOf(value)}`]);
    blocks.push(table(['Value', ''], rows));
  }
  return { title: type.name, blocks };
}

function directiveSection(directive: GraphQLDirective): Section {
  const places = directive.locations.map((location) => `\`${location}\``).join(' and ');
  const times = directive.isRepeatable ? ', repeatable' : '';
  return {
    title: `@${directive.name}`,
    blocks: [wordsOf(directive), `On ${places}${times}.`, inputTable('Argument', directive.args)],
  };
}

/** The guards of a field or type, each with the entity that it is about: by default its owner, or the application. */
function needs(usages: readonly AuthorizeUsage[], owner?: string): string {
  const binding = usages.filter(({ dryRun }) => !dryRun);
  const guards = binding.map(({ action, resource, resourceType }) => {
    const type = resourceType ?? owner;
    const path = resource?.replace(/^\$(args|source|item)\./, '');
    const own = type === undefined ? 'the application' : `the ${type}`;
    const about =
      path === '$viewer' ? 'the viewer' : path === undefined ? own : `${own} that \`${path}\` names`;
    return `\`${action}\` on ${about}`;
  });
  return guards.length === 0 ? '' : `**Needs** ${guards.join(' and ')}.`;
}
