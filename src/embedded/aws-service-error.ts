/** A modelled exception of an AWS service: its name decides which class the SDK throws to its caller. */
export class AwsServiceError extends Error {
  /**
   * @param name the exception as the service model spells it, such as `UserNotFoundException`
   * @param fields the exception's other members, such as `resourceId`
   */
  constructor(
    override readonly name: string,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
