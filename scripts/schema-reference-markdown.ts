import {
  isListType,
  isNonNullType,
  isSpecifiedScalarType,
  print,
  type ConstDirectiveNode,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLType,
} from 'graphql';

interface Described {
  readonly description?: string | null | undefined;
}

interface Marked {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
}

export const wordsOf = ({ description }: Described): string => description?.trim() ?? '';

/** The directives that a type or field bears, save for guards, which the page puts into words. */
export function marksOf({ astNode }: Marked): string {
  const marks = astNode?.directives?.filter(({ name }) => name.value !== 'authorize') ?? [];
  return marks.map((mark) => `\`${print(mark)}\``).join(' ');
}

/** A link to the heading of this title, by the anchor that GitHub gives it. */
export function linkTo(title: string, text = title): string {
  return `[${text}](#${title.toLowerCase().replace(/[^\w-]/g, '')})`;
}

export function typeLink(type: GraphQLType): string {
  if (isNonNullType(type)) return `${typeLink(type.ofType)}!`;
  if (isListType(type)) return `\\[${typeLink(type.ofType)}\\]`;
  return isSpecifiedScalarType(type) ? type.name : linkTo(type.name);
}

/** Arguments as they stand behind a field's name. */
export function argumentList(args: readonly GraphQLArgument[]): string {
  if (args.length === 0) return '';
  return `(${args.map((argument) => `${argument.name}: ${inputType(argument)}`).join(', ')})`;
}

/** Arguments, or the fields of an input. */
export function inputTable(what: string, inputs: readonly (GraphQLArgument | GraphQLInputField)[]): string {
  return table(
    [what, 'Type', ''],
    inputs.map((input) => [`\`${input.name}\``, inputType(input), `${wordsOf(input)} ${marksOf(input)}`]),
  );
}

function inputType({ type, astNode }: GraphQLArgument | GraphQLInputField): string {
  return astNode?.defaultValue ? `${typeLink(type)} = \`${print(astNode.defaultValue)}\`` : typeLink(type);
}

/** Empty where it has no rows; without its last column where nothing stands in it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const width = rows.some((cells) => cells.at(-1)?.trim()) ? head.length : head.length - 1;
  const line = (cells: readonly string[]) =>
    `| ${cells
      .slice(0, width)
      .map((cell) => cell.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim())
      .join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
