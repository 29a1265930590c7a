import {
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLNonNull,
  GraphQLString,
  parse,
  type EnumTypeDefinitionNode,
} from 'graphql';

/** What a denial does. */
export type OnDenied = 'NULL' | 'FILTER' | 'REJECT';

/** One use of `@authorize`. */
export interface AuthorizeUsage {
  /** The Cedar action's id. */
  readonly action: string;
  /** `$source.…`, `$args.…`, `$item.…` or `$viewer`; the parent entity, the item or the application when left out. */
  readonly resource?: string | undefined;
  /** The Cedar type of what `resource` finds, where that is not the type that the field belongs to, or that its items have. */
  readonly resourceType?: string | undefined;
  /** NULL when left out. */
  readonly onDenied?: OnDenied | null | undefined;
  /** On trial: denials are logged and counted, and nothing is denied. */
  readonly dryRun?: boolean | null | undefined;
}

const ON_DENIED_DESCRIPTIONS: Readonly<Record<OnDenied, string>> = {
  NULL: 'The field is null with an error. An object of a guarded type is null with an error, and where it cannot be null, in a list of non-null items, it is left out and counted in extensions.authorization.filtered.',
  FILTER:
    'Denied items of a list are left out and counted in extensions.authorization.filtered. Where a decision is not available, the list fails.',
  REJECT:
    'The whole operation is refused: no data, and this one error. Guards of mutations that need nothing but arguments and viewer are decided before the first mutation runs.',
};

/** What differs between the schemas that declare the directive. */
export interface AuthorizeDeclaration {
  /** Under which name they have its enum. */
  readonly enumName: string;
  /** Whether it takes a directive to keep that from the clients of a gateway. */
  readonly inaccessible: boolean;
  /** What else there is to say of it. */
  readonly remarks: readonly string[];
}

/** The enum that only the directive uses. */
const onDeniedEnum = ({ enumName, inaccessible }: AuthorizeDeclaration) =>
  new GraphQLEnumType({
    name: enumName,
    description:
      'What a denial does. Of several denials in one place the strictest counts: REJECT, then NULL, then FILTER.',
    values: Object.fromEntries(
      Object.entries(ON_DENIED_DESCRIPTIONS).map(([value, description]) => [value, { value, description }]),
    ),
    ...(inaccessible && {
      astNode: parse(`enum ${enumName} @inaccessible`).definitions[0] as EnumTypeDefinitionNode,
    }),
  });

/** The directive as a schema declares it. */
export const createAuthorizeDirective = (declaration: AuthorizeDeclaration): GraphQLDirective =>
  new GraphQLDirective({
    name: 'authorize',
    description: [
      'Guards a field, or every field of a type and every way to reach that type (reference resolvers included), with a Cedar decision.',
      '`action` is the Cedar action id.',
      '`resource` says which entity the decision is about: a path into the parent value ("$source.id"), into the arguments ("$args.id" or "$args.input.userId"), into each item of the list that the field yields ("$item.id"), or "$viewer"; when left out it is the parent entity on a field of an entity type, the application itself on Query and Mutation fields, and the item where items are filtered.',
      '`resourceType` is the Cedar type of what the path finds, where that is not the type the field belongs to, or the type of its items.',
      '`onDenied` says what a denial does: NULL when left out. FILTER is for types, and for fields that yield a list: each of its items is decided on.',
      '`dryRun: true` puts a guard on trial: it is asked, its denials are logged and counted, and nothing is denied.',
      'The check fails closed. Who is not signed in gets UNAUTHENTICATED, who is and may not gets FORBIDDEN.',
      ...declaration.remarks,
    ].join('\n'),
    isRepeatable: true,
    locations: [DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.OBJECT],
    args: {
      action: { type: new GraphQLNonNull(GraphQLString) },
      resource: { type: GraphQLString },
      resourceType: { type: GraphQLString },
      onDenied: { type: onDeniedEnum(declaration) },
      dryRun: { type: GraphQLBoolean, defaultValue: false },
    },
  });

/** The directive of the identity subgraph itself. `authorize.transformer.ts` enforces it. */
export const authorizeDirective = createAuthorizeDirective({
  enumName: 'OnDenied',
  inaccessible: true,
  remarks: ['Below a sign-in mutation the viewer is whoever just signed in.'],
});

/** A usage as SDL has it. */
export function authorizeText(usage: AuthorizeUsage): string {
  const args = Object.entries(usage)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${name === 'onDenied' ? String(value) : JSON.stringify(value)}`);
  return `@authorize(${args.join(', ')})`;
}
