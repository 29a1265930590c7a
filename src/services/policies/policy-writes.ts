import type { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';

/** The calls that change what a policy store decides. */
const WRITES: ReadonlySet<string> = new Set([
  'CreatePolicyCommand',
  'UpdatePolicyCommand',
  'DeletePolicyCommand',
  'CreatePolicyTemplateCommand',
  'UpdatePolicyTemplateCommand',
  'DeletePolicyTemplateCommand',
  'PutSchemaCommand',
  'UpdatePolicyStoreCommand',
]);

/**
 * Tells of every write that is made through this client, once it has ended: one whose answer was lost may have been made all
 * the same.
 */
export function watchPolicyWrites(client: VerifiedPermissionsClient, onWrite: () => void): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (!WRITES.has(String(commandName))) return next(args);
        try {
          return await next(args);
        } finally {
          onWrite();
        }
      },
    { step: 'initialize', name: 'watchPolicyWrites' },
  );
}
