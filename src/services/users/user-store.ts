/** The two kinds of people, each in a user pool of its own. */
export type UserType = 'ADMIN' | 'END_USER';

export const USER_TYPES = ['ADMIN', 'END_USER'] as const satisfies readonly UserType[];

/** Where an account stands in its life (Cognito's UserStatus; what it does not know is UNKNOWN). */
export const USER_STATUSES = [
  'UNCONFIRMED',
  'CONFIRMED',
  'FORCE_CHANGE_PASSWORD',
  'RESET_REQUIRED',
  'EXTERNAL_PROVIDER',
  'UNKNOWN',
] as const;

export type UserStatus = (typeof USER_STATUSES)[number];

/** Can a person of this status sign in and act? The policies forbid everything to the others. */
export const isActiveStatus = (status: UserStatus): boolean =>
  status === 'CONFIRMED' || status === 'EXTERNAL_PROVIDER';

export const MFA_METHODS = ['TOTP', 'SMS', 'EMAIL'] as const;

export type MfaMethod = (typeof MFA_METHODS)[number];

/** A person as one read of their pool shows them; roles and MFA take reads of their own. */
export interface UserRecord {
  /** Cognito's `sub`: shaped like a UUID, but not always a valid one. */
  readonly id: string;
  readonly userType: UserType;
  readonly email: string | null;
  readonly emailVerified: boolean;
  /** E.164. */
  readonly phoneNumber: string | null;
  readonly phoneNumberVerified: boolean;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly status: UserStatus;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface MfaState {
  readonly enabled: readonly MfaMethod[];
  readonly preferred: MfaMethod | null;
}

/** One attribute, one operator: what Cognito's ListUsers serves from its indexes. */
export type UserSearch =
  | { attribute: 'email' | 'phoneNumber'; operator: 'equals'; value: string }
  | { attribute: 'email' | 'givenName' | 'familyName'; operator: 'startsWith'; value: string }
  | { attribute: 'status'; operator: 'equals'; value: UserStatus }
  | { attribute: 'enabled'; operator: 'equals'; value: boolean };

export interface UserPage {
  readonly users: readonly UserRecord[];
  /** Cognito's own pagination token; null on the last page. */
  readonly nextToken: string | null;
}

export interface NewUser {
  readonly userType: UserType;
  readonly email: string;
  readonly givenName?: string | null;
  readonly familyName?: string | null;
  readonly phoneNumber?: string | null;
  /** Made by the pool's policy when left out. */
  readonly temporaryPassword?: string | null;
  /** True: no invitation is sent. */
  readonly suppressInvitation: boolean;
}

/** Somebody who was made and has not chosen a password yet. */
export type Invitation = Pick<NewUser, 'userType' | 'email' | 'temporaryPassword'>;

/** What may be changed about a person. Undefined leaves as is; null removes. */
export interface UserChanges {
  readonly email?: string;
  readonly givenName?: string | null;
  readonly familyName?: string | null;
  readonly phoneNumber?: string | null;
}

/**
 * The people of both pools. Reads come from the pools, at most 30 seconds old; every write
 * here drops what was cached of the person before it returns. All failures are PortcullisErrors.
 */
export interface UserStore {
  /** The person, or undefined where no pool has one of this id. */
  find(id: string): Promise<UserRecord | undefined>;
  /** The same of many, an answer for each id in order; a read that fails is the answer of its own id alone. */
  findMany(ids: readonly string[]): Promise<(UserRecord | undefined | Error)[]>;
  /** The person, never from a cache. */
  findFresh(id: string): Promise<UserRecord | undefined>;
  /** Whoever has this address, in its normal form, in a pool; never from a cache. */
  findByEmail(userType: UserType, email: string): Promise<UserRecord | undefined>;
  /** One page of a pool, at most 60 people, in the pool's own order. */
  page(request: {
    userType: UserType;
    search?: UserSearch;
    limit: number;
    token: string | null;
  }): Promise<UserPage>;
  /** Names of the groups that the person is in, sorted. Empty for who does not exist. */
  rolesOf(id: string): Promise<readonly string[]>;
  /** The same of many, as with `findMany`. */
  rolesOfMany(ids: readonly string[]): Promise<(readonly string[] | Error)[]>;
  mfaOf(id: string): Promise<MfaState>;
  /** Changes which factors a person's sign-ins ask for, from what the pool says at this moment; returns what they then are. */
  changeMfa(id: string, change: (current: MfaState) => MfaState): Promise<MfaState>;
  /** Does the pool have a group of this name? */
  roleExists(userType: UserType, role: string): Promise<boolean>;
  /** Ids of all members of a role. */
  membersOf(userType: UserType, role: string): Promise<readonly UserRecord[]>;
  create(user: NewUser): Promise<UserRecord>;
  /** Sends another temporary password. NOT_FOUND where nobody has the address, CONFLICT for who has a password of their own. */
  reinvite(invitation: Invitation): Promise<UserRecord>;
  update(id: string, changes: UserChanges): Promise<UserRecord>;
  grantRole(id: string, role: string): Promise<void>;
  withdrawRole(id: string, role: string): Promise<void>;
  enable(id: string): Promise<void>;
  disable(id: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** Takes the person's password from them, until they choose another by the code that they are sent. */
  requirePasswordReset(id: string): Promise<void>;
  /** Makes a change of the person that goes by their own access token, and drops what was cached of them. */
  whileChanging<Answer>(id: string, change: () => Promise<Answer>): Promise<Answer>;
  /** Ends all refresh tokens of the person at Cognito. */
  signOutEverywhere(id: string): Promise<void>;
}
