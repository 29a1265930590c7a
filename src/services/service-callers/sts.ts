/** What STS answered. */
export interface StsAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Sends a presigned request to STS, with the header that binds it to this service, and asks for JSON. Follows no redirect.
 * Rejects where there is no whole answer of a reasonable size in time.
 */
export type Sts = (url: string) => Promise<StsAnswer>;
