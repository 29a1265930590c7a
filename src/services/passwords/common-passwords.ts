/** Whether many people use a password, as it is or with little around it. */
export type IsCommon = (password: string) => Promise<boolean>;

/** Shorter words are parts of too many passwords that are none of them. */
const SHORTEST_WORD = 4;
/** Of twelve characters that are fewer than these, most repeat. */
const FEWEST_CHARACTERS = 5;

/** What stands for letters, by how they look; 1 and ! are an i or an l. */
const LETTERS: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
};

/**
 * Holds passwords against the fifty thousand most common ones of zxcvbn-ts, which are loaded when the first is asked about:
 * some 15 MB. "Welcome2024!!", "P@ssw0rd-123" and "Monkey1!Monkey1!" are no better than the word in them.
 */
export function createIsCommon(): IsCommon {
  let list: Promise<ReadonlySet<string>> | undefined;
  return async (password) => {
    const known = await (list ??= load());
    return (
      new Set(password).size < FEWEST_CHARACTERS ||
      readings(repeatedPart(fold(password))).some((reading) => known.has(reading))
    );
  };
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}

/** Wide and other compatible characters as plain ones, accents off, in lower case. */
const fold = (password: string): string => password.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The shortest text that gives this one by being repeated; the text itself where there is none. */
function repeatedPart(text: string): string {
  // Within itself written twice, a text is found again where its repetitions begin.
  const length = (text + text).indexOf(text, 1);
  return text.slice(0, length);
}

/** Everything that a password may be read as: whole, without what parts its words, and without what surrounds them. */
function readings(text: string): string[] {
  const unparted = text.replace(/[^\p{L}\d]+/gu, '');
  const words = [text, unparted].flatMap((whole) => {
    const withoutEnd = whole.replace(/[^\p{L}]+$/u, '');
    // Signs may be letters of the word: "acce$$2024!".
    return [whole.replace(/[\d!?.,*#_-]+$/, ''), withoutEnd, withoutEnd.replace(/^[^\p{L}]+/u, '')];
  });
  return [text, unparted, ...words.filter((word) => word.length >= SHORTEST_WORD)].flatMap((reading) => [
    reading,
    lettersOf(reading, 'i'),
    lettersOf(reading, 'l'),
  ]);
}

const lettersOf = (text: string, one: 'i' | 'l'): string =>
  text.replace(/[@4305$7+1!]/g, (sign) => LETTERS[sign] ?? one);
