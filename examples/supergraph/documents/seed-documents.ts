import type { DocumentRecord } from './document.js';

interface Draft {
  readonly title: string;
  readonly text: string;
  /** Addresses of people whom Portcullis seeds in development. */
  readonly owner: string;
  readonly reviewer?: string;
}

const DRAFTS: readonly Draft[] = [
  {
    title: 'A Field Guide to Drawbridges',
    text: 'Up is safe. Down is convenient.',
    owner: 'alice@example.com',
    reviewer: 'bob@example.com',
  },
  {
    title: 'Moats on a Budget',
    text: 'Dig first, fill later.',
    owner: 'bob@example.com',
    reviewer: 'alice@example.com',
  },
  { title: 'The Quiet Portcullis', text: 'Grease the chains.', owner: 'alice@example.com' },
  { title: 'Who Goes There?', text: 'Ask twice.', owner: 'carol@example.com' },
];

/** Documents to try things out with, of people who exist; those of anybody else are left out. */
export function seedDocuments(
  people: readonly { readonly id: string; readonly email: string | null }[],
): readonly DocumentRecord[] {
  const ids = new Map(people.map(({ id, email }) => [email, id]));
  return DRAFTS.flatMap(({ title, text, owner, reviewer = '' }, index) => {
    const ownerId = ids.get(owner);
    if (ownerId === undefined) return [];
    return { id: String(index + 1), title, text, ownerId, reviewerId: ids.get(reviewer) ?? null };
  });
}
