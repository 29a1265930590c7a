import { z } from 'zod';

/**
 * What SetUserPoolSessionConfiguration chooses.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/managing-user-sessions.html
 */
export const sessionSettingsSchema = z.object({
  UserSessionTracking: z.enum(['ENABLED', 'DISABLED']),
  TokenSession: z.object({ MaxPerUser: z.int().min(1).max(100) }),
});

export type SessionSettings = z.output<typeof sessionSettingsSchema>;

/** Of a pool for which nobody has chosen. */
export const DEFAULT_SESSION_SETTINGS: SessionSettings = {
  UserSessionTracking: 'DISABLED',
  TokenSession: { MaxPerUser: 20 },
};
