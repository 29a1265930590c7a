import type { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';

/** What one call of the engine brought: the action of each of its questions. */
export interface EngineCall {
  readonly actions: readonly string[];
}

interface Action {
  readonly actionId: string;
}

/** Notes what a client asks Verified Permissions to decide from now on, oldest first. */
export function countEngineCalls({ middlewareStack }: VerifiedPermissionsClient): EngineCall[] {
  const calls: EngineCall[] = [];
  middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        const input = args.input as { action?: Action; requests?: { action: Action }[] };
        if (/^(Batch)?IsAuthorizedCommand$/.test(commandName)) {
          const single = input.action === undefined ? [] : [{ action: input.action }];
          calls.push({ actions: (input.requests ?? single).map(({ action }) => action.actionId) });
        }
        return next(args);
      },
    { step: 'initialize' },
  );
  return calls;
}
