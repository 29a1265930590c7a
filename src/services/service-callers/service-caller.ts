/** A program that calls in its own name: an `Identity::Service` to the policies. */
export interface ServiceCaller {
  /** The id of that principal, given by the configuration. */
  readonly id: string;
  /** What its credential was given for, such as `portcullis/decide`. What that opens, the policies say. */
  readonly scopes: readonly string[];
  /** When the credential ends. */
  readonly expiresAt: Date;
}
