import type { Logger } from '@smithy/types';

/**
 * What clients of the AWS SDK log to: nothing. Their own default also writes nothing, but has them make, for each call, a copy of
 * its input and of its output to be written; without `info` and `error`, which they ask for, they make none.
 */
export const AWS_SDK_LOGGER = { trace() {}, debug() {}, warn() {} } as unknown as Logger;
