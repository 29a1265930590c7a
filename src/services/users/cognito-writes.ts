import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminResetUserPasswordCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
  type AdminCreateUserCommandInput,
  type AttributeType,
} from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError } from '../../errors.js';
import type { CognitoCalls } from '../cognito/cognito-calls.js';
import type { CognitoPools } from '../cognito/pools.js';
import { newUserAttributes, toUserRecord } from './cognito-user-mapping.js';
import type { Invitation, MfaMethod, MfaState, NewUser, UserRecord, UserType } from './user-store.js';

/** Names a person to Cognito, which takes a `sub` wherever it takes a user name. */
export interface Target {
  readonly userType: UserType;
  readonly id: string;
}

/** What is changed in the pools. Rejects with NOT_FOUND where there is no such person. */
export interface CognitoWrites {
  readonly create: (user: NewUser) => Promise<UserRecord>;
  readonly reinvite: (invitation: Invitation) => Promise<UserRecord>;
  /** Takes effect at once, in pools too that keep an address until the new one is verified. */
  readonly setAttributes: (target: Target, attributes: AttributeType[]) => Promise<void>;
  readonly addToRole: (target: Target, role: string) => Promise<void>;
  readonly removeFromRole: (target: Target, role: string) => Promise<void>;
  readonly enable: (target: Target) => Promise<void>;
  readonly disable: (target: Target) => Promise<void>;
  readonly delete: (target: Target) => Promise<void>;
  readonly resetPassword: (target: Target) => Promise<void>;
  readonly signOutEverywhere: (target: Target) => Promise<void>;
  /** Only factors named in either state are spoken of: a pool may not know the others. */
  readonly setMfa: (target: Target, before: MfaState, wanted: MfaState) => Promise<void>;
}

export function createCognitoWrites(cognito: CognitoCalls, pools: CognitoPools): CognitoWrites {
  const naming = ({ userType, id }: Target) => ({ UserPoolId: pools[userType].poolId, Username: id });

  const setAttributes = async (target: Target, attributes: AttributeType[]) => {
    await cognito('administration', (client) =>
      client.send(new AdminUpdateUserAttributesCommand({ ...naming(target), UserAttributes: attributes })),
    );
  };

  const createUser = async (
    { userType, email, temporaryPassword }: Invitation,
    rest: Partial<AdminCreateUserCommandInput>,
  ): Promise<UserRecord> => {
    const { User: created } = await cognito('administration', (client) =>
      client.send(
        new AdminCreateUserCommand({
          UserPoolId: pools[userType].poolId,
          Username: email,
          DesiredDeliveryMediums: ['EMAIL'],
          ...(temporaryPassword && { TemporaryPassword: temporaryPassword }),
          ...rest,
        }),
      ),
    );
    const record = created && toUserRecord(userType, created);
    if (!record?.id) {
      throw new PortcullisError('UPSTREAM_UNAVAILABLE', 'The identity provider gave no account back.');
    }
    return record;
  };

  return {
    create: (user) =>
      createUser(user, {
        UserAttributes: newUserAttributes(user),
        ...(user.suppressInvitation && { MessageAction: 'SUPPRESS' }),
      }),

    reinvite: (invitation) => createUser(invitation, { MessageAction: 'RESEND' }),

    async setAttributes(target, attributes) {
      const unverified = attributes.filter((attribute) => isUnverifiedContact(attribute, attributes));
      const atOnce = attributes.map((attribute) =>
        unverified.includes(attribute) ? { ...attribute, Value: 'true' } : attribute,
      );
      await setAttributes(target, atOnce);
      if (unverified.length > 0) await setAttributes(target, unverified);
    },

    async addToRole(target, role) {
      await cognito('role', (client) =>
        client.send(new AdminAddUserToGroupCommand({ ...naming(target), GroupName: role })),
      );
    },

    async removeFromRole(target, role) {
      await cognito('role', (client) =>
        client.send(new AdminRemoveUserFromGroupCommand({ ...naming(target), GroupName: role })),
      );
    },

    async enable(target) {
      await cognito('administration', (client) => client.send(new AdminEnableUserCommand(naming(target))));
    },

    async disable(target) {
      await cognito('administration', (client) => client.send(new AdminDisableUserCommand(naming(target))));
    },

    async delete(target) {
      await cognito('administration', (client) => client.send(new AdminDeleteUserCommand(naming(target))));
    },

    async resetPassword(target) {
      await cognito('administrative-reset', (client) =>
        client.send(new AdminResetUserPasswordCommand(naming(target))),
      );
    },

    async signOutEverywhere(target) {
      await cognito('administration', (client) =>
        client.send(new AdminUserGlobalSignOutCommand(naming(target))),
      );
    },

    async setMfa(target, before, wanted) {
      const setting = (method: MfaMethod) =>
        (before.enabled.includes(method) || wanted.enabled.includes(method)) && {
          Enabled: wanted.enabled.includes(method),
          PreferredMfa: wanted.preferred === method,
        };
      const [totp, sms, email] = [setting('TOTP'), setting('SMS'), setting('EMAIL')];
      await cognito('administration', (client) =>
        client.send(
          new AdminSetUserMFAPreferenceCommand({
            ...naming(target),
            ...(totp && { SoftwareTokenMfaSettings: totp }),
            ...(sms && { SMSMfaSettings: sms }),
            ...(email && { EmailMfaSettings: email }),
          }),
        ),
      );
    },
  };
}

/**
 * Whether it says that a new address or number is not verified. A pool may keep the old one until it is, unless the same call
 * says that it is: so that is said first, and the truth right after.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
 */
const isUnverifiedContact = ({ Name: mark, Value }: AttributeType, attributes: AttributeType[]): boolean =>
  Value === 'false' && attributes.some(({ Name, Value: contact }) => contact && mark === `${Name}_verified`);
