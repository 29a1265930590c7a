/** How many errors of a decision are kept, and how much of each: somebody reads them, and they quote whole contexts. */
const MOST = 5;
const LONGEST = { head: 400, tail: 100 } as const;

/** Errors as far as anybody reads them: what is wrong is said at the beginning, and what would be right at the end. */
export function readableErrors(errors: readonly string[]): readonly string[] {
  if (errors.length <= MOST && errors.every(isShort)) return errors;
  const first = errors.slice(0, MOST).map((error) => (isShort(error) ? error : shortened(error)));
  const more = errors.length - MOST;
  return more > 0 ? [...first, `And ${more} more.`] : first;
}

const isShort = ({ length }: string): boolean => length <= LONGEST.head + LONGEST.tail;

/** Nowhere within a character of two units. */
function shortened(text: string): string {
  const head = text.slice(0, LONGEST.head).replace(/[\ud800-\udbff]$/, '');
  const tail = text.slice(-LONGEST.tail).replace(/^[\udc00-\udfff]/, '');
  return `${head} … ${tail}`;
}
