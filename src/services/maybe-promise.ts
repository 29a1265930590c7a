/** What is known already, or will be: whoever need not wait for it goes on at once. */
export type MaybePromise<Value> = Value | Promise<Value>;

/** As graphql-js sees it. */
export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';

/** Goes on at once where nothing has to be waited for. A thenable is waited for as `await` would. */
export const whenOneKnown = <Value, Result>(
  value: MaybePromise<Value>,
  use: (known: Value) => MaybePromise<Result>,
): MaybePromise<Result> => (isPromise(value) ? Promise.resolve(value).then(use) : use(value));

/** The same with several values. */
export function whenKnown<Value, Result>(
  values: readonly MaybePromise<Value>[],
  use: (known: readonly Value[]) => MaybePromise<Result>,
): MaybePromise<Result> {
  return values.some(isPromise) ? Promise.all(values).then(use) : use(values as readonly Value[]);
}

/** Makes a throw a rejection: what was begun for others beside it would otherwise reject unheard. */
export function rejecting<Value>(find: () => MaybePromise<Value>): MaybePromise<Value> {
  try {
    return find();
  } catch (error) {
    return Promise.reject(asError(error));
  }
}

export const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('Not an error.', { cause: error });
