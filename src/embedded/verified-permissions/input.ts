import { z } from 'zod';

import { screenJson } from '../../services/cedar/screening.js';
import { invalid, validationException } from './exceptions.js';

/** The members that several operations share, with the bounds of the API reference. */
export const storeId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[a-zA-Z0-9-/_]*$/);
export const policyId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[a-zA-Z0-9-/_]*$/);
export const policyTemplateId = policyId;
export const policyName = z
  .string()
  .max(150)
  .regex(/^name\/[a-zA-Z0-9-/_]+$/, 'must begin with name/');
/** In an update an empty name takes the old one away. */
export const changedName = z.literal('').or(policyName);
export const clientToken = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-zA-Z0-9-]*$/);
/** PostgreSQL has no NUL in a text. Ids may have it: they are kept escaped. */
const storedText = z.string().regex(/^[^\0]*$/, 'must hold no NUL');
export const description = storedText.max(150);
export const entityIdentifier = z.object({
  entityType: z.string().min(1).max(200),
  entityId: z.string().min(1).max(200),
});
export const actionIdentifier = z.object({
  actionType: z.string().min(1).max(200),
  actionId: z.string().min(1).max(200),
});
export const page = {
  nextToken: z.string().max(8_000).optional(),
  maxResults: z.int().min(1).max(50).optional(),
};

/** Text of at most so many bytes of UTF-8. */
export const textOfBytes = (max: number) =>
  storedText.min(1).refine((text) => Buffer.byteLength(text) <= max, `must have at most ${max} bytes`);

/** A value that spells out its types takes about four JSON levels for each of Cedar's. */
const MAX_DEPTH = 400;
const MAX_SIZE = 1_048_576;

/**
 * The input, checked. Depth and size come first, and without recursion, since neither zod nor JSON.stringify survives what a
 * caller may nest. @throws AwsServiceError ValidationException
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const screening = screenJson(input, { maxDepth: MAX_DEPTH, maxSize: MAX_SIZE });
  if (!screening.ok) throw invalid(screening.path, screening.message);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw validationException(
    parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message: `${message}.` })),
  );
}
