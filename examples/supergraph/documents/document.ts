/** A document as it is stored. Of people it holds ids: what else there is to know of them is up to Portcullis. */
export interface DocumentRecord {
  readonly id: string;
  readonly title: string;
  readonly text?: string;
  readonly ownerId: string;
  readonly reviewerId: string | null;
}
