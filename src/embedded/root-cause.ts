/**
 * What a log may say of a fault. The query builder's errors quote the parameters of their query, secrets among them;
 * what lies at their root does not.
 */
export function rootCause(error: unknown): { type: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { type: typeof error, message: 'Not an Error.' };
  if (error.cause instanceof Error) return rootCause(error.cause);
  return {
    type: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
  };
}
