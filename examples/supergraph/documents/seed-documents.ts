import type { DocumentRecord } from './document.js';

interface Draft {
  readonly title: string;
  /** Addresses of people whom Portcullis seeds in development. */
  readonly owner: string;
  readonly reviewer?: string;
}

const DRAFTS: readonly Draft[] = [
  { title: 'A Field Guide to Drawbridges', owner: 'alice@example.com', reviewer: 'bob@example.com' },
  { title: 'Moats on a Budget', owner: 'bob@example.com', reviewer: 'alice@example.com' },
  { title: 'The Quiet Portcullis', owner: 'alice@example.com' },
  { title: 'Who Goes There?', owner: 'carol@example.com' },
];

/** Documents to try things out with, of people who exist; those of anybody else are left out. */
export function seedDocuments(
  people: readonly { readonly id: string; readonly email: string | null }[],
): readonly DocumentRecord[] {
  const ids = new Map(people.map(({ id, email }) => [email, id]));
  return DRAFTS.flatMap(({ title, owner, reviewer = '' }, index) => {
    const ownerId = ids.get(owner);
    if (ownerId === undefined) return [];
    return { id: String(index + 1), title, ownerId, reviewerId: ids.get(reviewer) ?? null };
  });
}
