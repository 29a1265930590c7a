/**
 * Does an operation do nothing at all where one of its root fields is refused? A query changes nothing; of a mutation with
 * several root fields, those before may have run. Documents are read as `npm run codegen` prints them, each root field on a line of
 * its own and two spaces in; where one is written otherwise, the answer is no.
 */
export function isAllOrNothing(operation: string): boolean {
  const text = operation.trimStart();
  if (/^(?:query\b|\{)/.test(text)) return true;
  const [definition = ''] = text.split('\n}', 1);
  const roots = definition.match(/^ {2}[^\s)}].*/gm) ?? [];
  return roots.length === 1 && /^ {2}\w/.test(roots[0] ?? '');
}
