import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { GraphQLSchema } from 'graphql';

import {
  authorizeText,
  createAuthorizeDirective,
  type AuthorizeUsage,
} from '../directives/authorize.directive.js';

/** What the directive is known by in a supergraph: docs/authorize-spec.md is its specification. */
export const AUTHORIZE_SPEC_URL = 'https://specs.portcullis.dev/authorize/v1.0';

/**
 * The directive for a schema that is written in code. Its enum is named as a link to the specification names it, which keeps it from
 * the clients of a gateway; more is not allowed to be said of it.
 */
export const authorizeDirective = createAuthorizeDirective({
  enumName: 'authorize__OnDenied',
  inaccessible: false,
  remarks: [],
});

/** Links to the specification, and has the directive composed into the supergraph. */
export const authorizeLink = `extend schema
  @link(url: "${AUTHORIZE_SPEC_URL}", import: ["@authorize"])
  @composeDirective(name: "@authorize")`;

/** What a schema that is written as SDL needs besides its own link to Federation 2.1 or later. */
export const authorizeTypeDefs = `${authorizeLink}

${printSchemaWithDirectives(new GraphQLSchema({ directives: [authorizeDirective] })).trim()}
`;

/** `@authorize` as SDL has it, for libraries that take directives as texts: `@Directive(authorize({ action: 'readDocument' }))`. */
export const authorize = authorizeText;

/** `@authorize` for types and fields of graphql-js: `extensions: authorizeExtensions({ action: 'readDocument' })`. */
export const authorizeExtensions = (...usages: readonly AuthorizeUsage[]) => ({
  directives: { authorize: usages.map((usage) => ({ ...usage })) },
});
