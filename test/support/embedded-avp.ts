import {
  CreatePolicyCommand,
  CreatePolicyStoreCommand,
  IsAuthorizedCommand,
  PutSchemaCommand,
  ValidationException,
  type CreatePolicyCommandInput,
  type CreatePolicyCommandOutput,
  type EntitiesDefinition,
  type IsAuthorizedCommandInput,
  type IsAuthorizedCommandOutput,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { expect } from 'vitest';

import { inProcessRequestHandler } from '../../src/embedded/aws-json.js';
import {
  createVerifiedPermissionsEngine,
  type VerifiedPermissionsEngine,
} from '../../src/embedded/verified-permissions/index.js';
import { systemClock } from '../../src/services/clock.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { openTestDatabase } from './database.js';
import { verifiedPermissionsClient } from './verified-permissions-client.js';

/** Photos that users own, and a group of users. */
export const SCHEMA = JSON.stringify({
  Photos: {
    entityTypes: {
      Group: {},
      User: {
        memberOfTypes: ['Group'],
        shape: { type: 'Record', attributes: { level: { type: 'Long', required: false } } },
        tags: { type: 'String' },
      },
      Photo: {
        shape: {
          type: 'Record',
          attributes: {
            owner: { type: 'Entity', name: 'User' },
            price: { type: 'Extension', name: 'decimal', required: false },
          },
        },
      },
    },
    actions: {
      read: {},
      view: {
        memberOf: [{ id: 'read' }],
        appliesTo: {
          principalTypes: ['User'],
          resourceTypes: ['Photo'],
          context: {
            type: 'Record',
            attributes: { ip: { type: 'Extension', name: 'ipaddr', required: false } },
          },
        },
      },
    },
  },
});

/** Whoever owns a photo may read it; `view` is a way to read. */
export const OWNERS =
  'permit (principal, action in Photos::Action::"read", resource) when { resource.owner == principal };';
export const user = (entityId: string) => ({ entityType: 'Photos::User', entityId });
export const photo = (entityId: string) => ({ entityType: 'Photos::Photo', entityId });
export const VIEW = { actionType: 'Photos::Action', actionId: 'view' };
/** The photo, and whose it is. */
export const ownedBy = (owner: string, id = 'p'): EntitiesDefinition => ({
  entityList: [{ identifier: photo(id), attributes: { owner: { entityIdentifier: user(owner) } } }],
});

export interface EmbeddedAvp {
  readonly client: VerifiedPermissionsClient;
  /** Another engine on the same database, as another process would have it. */
  newEngine(): VerifiedPermissionsEngine;
  newClient(): VerifiedPermissionsClient;
  /** A policy store, with the schema above where it is STRICT. */
  newStore(mode?: 'STRICT' | 'OFF'): Promise<string>;
  addPolicy(
    policyStoreId: string,
    statement: string,
    more?: Partial<CreatePolicyCommandInput>,
  ): Promise<CreatePolicyCommandOutput>;
  /** Whether Ada may view her photo, unless told otherwise. */
  ask(policyStoreId: string, more?: Partial<IsAuthorizedCommandInput>): Promise<IsAuthorizedCommandOutput>;
  close(): Promise<void>;
}

/** The engine on an empty database in memory, behind the real SDK client. */
export async function openEmbeddedAvp(): Promise<EmbeddedAvp> {
  const database = await openTestDatabase();
  const newEngine = () =>
    createVerifiedPermissionsEngine({
      db: database.db,
      clock: systemClock,
      randomness: systemRandomness,
      logger: pino({ level: 'silent' }),
    });
  const newClient = () => verifiedPermissionsClient(inProcessRequestHandler(newEngine().service));
  const client = newClient();
  return {
    client,
    newEngine,
    newClient,
    newStore: async (mode = 'STRICT') => {
      const { policyStoreId } = await client.send(
        new CreatePolicyStoreCommand({ validationSettings: { mode } }),
      );
      if (policyStoreId === undefined) throw new Error('no id');
      if (mode === 'STRICT') {
        await client.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson: SCHEMA } }));
      }
      return policyStoreId;
    },
    addPolicy: (policyStoreId, statement, more = {}) => {
      const definition = { static: { statement } };
      return client.send(new CreatePolicyCommand({ policyStoreId, definition, ...more }));
    },
    ask: (policyStoreId, more = {}) =>
      client.send(
        new IsAuthorizedCommand({
          policyStoreId,
          principal: user('ada'),
          action: VIEW,
          resource: photo('p'),
          entities: ownedBy('ada'),
          ...more,
        }),
      ),
    close: () => database.close(),
  };
}

/** The members that a ValidationException complains of. */
export async function fieldsOf(call: Promise<unknown>): Promise<(string | undefined)[] | undefined> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ValidationException);
  return (error as ValidationException).fieldList?.map(({ path }) => path);
}
