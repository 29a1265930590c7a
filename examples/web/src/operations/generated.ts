import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A date-time string at UTC, such as 2007-12-03T10:15:30Z, compliant with the `date-time` format outlined in section 5.6 of the RFC 3339 profile of the ISO 8601 standard for representation of dates and times using the Gregorian calendar. */
  DateTime: { input: string; output: string; }
  /** An email address as HTML has it: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address. What is sent here is first brought to its normal form: without blanks around it, in lower case, full-width characters as plain ones, an internationalised domain as the mail carries it (`xn--…`). */
  EmailAddress: { input: string; output: string; }
  /** The `JSONObject` scalar type represents JSON objects as specified by [ECMA-404](http://www.ecma-international.org/publications/files/ECMA-ST/ECMA-404.pdf). */
  JSONObject: { input: Record<string, unknown>; output: Record<string, unknown>; }
  /** A telephone number in E.164 form, https://en.wikipedia.org/wiki/E.164, such as +4915112345678: with its country code, without blanks. */
  PhoneNumber: { input: string; output: string; }
};

/** The password that replaces the present one. */
export type ChangePasswordInput = {
  /** Of the second factor that the viewer’s sign-ins ask for; null where there is none. BAD_USER_INPUT where it is missing, with the factor in `details.method`: a code that is sent is then on its way, and the same call is made again with it. */
  code?: InputMaybe<Scalars['String']['input']>;
  /** INVALID_CREDENTIALS for a wrong one, which counts against the account. */
  currentPassword: Scalars['String']['input'];
  /** By the pool’s policy, and none of the last five. PASSWORD_POLICY, with the broken rules in `details.rules`, where it is refused. */
  newPassword: Scalars['String']['input'];
};

/** The code that proves a new account’s address. */
export type ConfirmRegistrationInput = {
  /** As it stands in the mail; blanks around it do not matter. */
  code: Scalars['String']['input'];
  /** The address that was registered, in any case. */
  email: Scalars['EmailAddress']['input'];
  /** Which pool the account is in; END_USER where it is null. */
  userType?: InputMaybe<UserType>;
};

/** A new person, made by an administrator. */
export type CreateUserInput = {
  /** CONFLICT where an account of the pool has it. It is verified from the start only with neither `temporaryPassword` nor `suppressInvitation`. */
  email: Scalars['EmailAddress']['input'];
  /** At most 2,048 characters; null or empty for none. */
  familyName?: InputMaybe<Scalars['String']['input']>;
  /** At most 2,048 characters; null or empty for none. */
  givenName?: InputMaybe<Scalars['String']['input']>;
  /** In E.164 form; null for none. */
  phoneNumber?: InputMaybe<Scalars['PhoneNumber']['input']>;
  /** True: nobody is made; who was, and has not chosen a password yet, gets another temporary one, good for as long as the first. Takes `email`, `userType` and `temporaryPassword` alone. NOT_FOUND where nobody has the address, CONFLICT for who has a password of their own. */
  resendInvitation?: InputMaybe<Scalars['Boolean']['input']>;
  /** Names of Cognito groups; each needs `assignRole`. */
  roles?: InputMaybe<Array<Scalars['String']['input']>>;
  /** True: no mail is sent. */
  suppressInvitation?: InputMaybe<Scalars['Boolean']['input']>;
  /** Made by the pool’s policy when left out. */
  temporaryPassword?: InputMaybe<Scalars['String']['input']>;
  /** Which pool the account is made in; END_USER where it is null. */
  userType?: InputMaybe<UserType>;
};

/** One question for the policies. */
export type DecisionCheck = {
  /** The Cedar action’s id, such as `readUser`, in the namespace of the resource’s type; `Documents::view` names another. */
  action: Scalars['String']['input'];
  /** Facts of the request, such as the channel, in Cedar’s JSON form. Validated against the Cedar schema; never overrides what the service itself sets. */
  context?: InputMaybe<Scalars['JSONObject']['input']>;
  /** Who would act. Left out, it is who asks, or the person whose token a service sends as `x-subject-token`. To name another takes `decideForOthers`. */
  principal?: InputMaybe<EntityUidInput>;
  /** What it would be done to; `Identity::Application` with the id `portcullis` is this service itself. */
  resource: EntityUidInput;
  /** Attributes of the resource that the service itself does not store. Services only. */
  resourceAttributes?: InputMaybe<Scalars['JSONObject']['input']>;
};

/** Why a decision is what it is. */
export type DecisionReason =
  /** A forbid policy matched. */
  | 'FORBIDDEN'
  /** The question itself is wrong: an unknown action or type, or a context that the schema refuses. */
  | 'INVALID'
  /** No policy matched: Cedar denies by default. */
  | 'NOT_PERMITTED'
  /** A permit policy matched and no forbid did. */
  | 'PERMITTED'
  /** The engine could not answer; the service fails closed. */
  | 'UNAVAILABLE';

/** Who answered: the engine itself, or a cache of its answers. */
export type DecisionSource =
  /** Decided less than a minute ago for a question that was the same in every respect, and remembered since. */
  | 'CACHE'
  /** Decided for this very request, by the engine or by the checks in front of it. */
  | 'ENGINE';

/** What Cedar answers. */
export type Effect =
  /** The principal may do it. */
  | 'ALLOW'
  /** They may not, or it could not be decided: `reason` says which. */
  | 'DENY';

/** Cedar’s name of an entity. */
export type EntityUidInput = {
  /** 1 to 200 characters; the decision is INVALID for any other. */
  id: Scalars['ID']['input'];
  /** With its namespace; one without belongs to `Identity`. */
  type: Scalars['String']['input'];
};

/** A sign-in by password. `website` is a honeypot. */
export type LoginInput = {
  /** In any case. */
  email: Scalars['EmailAddress']['input'];
  /** 1 to 256 characters. */
  password: Scalars['String']['input'];
  /** Which pool to sign in to; END_USER where it is null. */
  userType?: InputMaybe<UserType>;
  /** A honeypot: people never see it, and whoever fills it in is answered as if all went well while nothing happens. */
  website?: InputMaybe<Scalars['String']['input']>;
};

/** The code that a sign-in asks for. */
export type MfaInput = {
  /** From `MfaRequired`. */
  challenge: Scalars['String']['input'];
  /** As it is shown or was sent; blanks around it do not matter. */
  code: Scalars['String']['input'];
  /** The factor that the challenge asks for; TOTP where it is null. */
  method?: InputMaybe<MfaMethod>;
};

/** How a code reaches a person. */
export type MfaMethod =
  /** A code in a mail. */
  | 'EMAIL'
  /** A code in a text message. */
  | 'SMS'
  /** A time-based code from an authenticator (RFC 6238). */
  | 'TOTP';

/** The password that replaces a temporary one. */
export type NewPasswordInput = {
  /** Values for `missingAttributes`, each a string. */
  attributes?: InputMaybe<Scalars['JSONObject']['input']>;
  /** From `NewPasswordRequired`. */
  challenge: Scalars['String']['input'];
  /** As `RegisterInput.password`. PASSWORD_POLICY, with the broken rules in `details.rules` and what each asks for in `details.messages`, where it is refused. */
  newPassword: Scalars['String']['input'];
};

/** What a denial does. Of several denials in one place the strictest counts: REJECT, then NULL, then FILTER. */
export type OnDenied =
  /** Denied items of a list are left out and counted in extensions.authorization.filtered. Where a decision is not available, the list fails. */
  | 'FILTER'
  /** The field is null with an error. An object of a guarded type is null with an error, and where it cannot be null, in a list of non-null items, it is left out and counted in extensions.authorization.filtered. */
  | 'NULL'
  /** The whole operation is refused: no data, and this one error. Guards of mutations that need nothing but arguments and viewer are decided before the first mutation runs. */
  | 'REJECT';

/** Whose calls a limit counts together. */
export type RateLimitKey =
  /** The account that the arguments name, by its address and pool, or by a refresh token or challenge; it is kept as an HMAC. */
  | 'ACCOUNT'
  /** The address that the call comes from: behind a gateway the one that it forwards, of IPv6 the /64. */
  | 'IP'
  /** The service that calls; for people the same as VIEWER. */
  | 'SERVICE'
  /** Who is signed in, or the address for who is not. */
  | 'VIEWER';

/** A sign-up. `website` is a honeypot. */
export type RegisterInput = {
  /** In any case, at most 128 characters; kept in lower case. */
  email: Scalars['EmailAddress']['input'];
  /** At most 2,048 characters; null or empty for none. */
  familyName?: InputMaybe<Scalars['String']['input']>;
  /** At most 2,048 characters; null or empty for none. */
  givenName?: InputMaybe<Scalars['String']['input']>;
  /** By the pool’s policy: 12 characters of four kinds unless set otherwise. At most 256 characters, any that there are; neither common nor known from a breach. */
  password: Scalars['String']['input'];
  /** In E.164 form; null for none. */
  phoneNumber?: InputMaybe<Scalars['PhoneNumber']['input']>;
  /** A honeypot: people never see it, and whoever fills it in is answered as if all went well while nothing happens. */
  website?: InputMaybe<Scalars['String']['input']>;
};

/** The password that replaces a forgotten one. */
export type ResetPasswordInput = {
  /** As it stands in the mail; blanks around it do not matter. */
  code: Scalars['String']['input'];
  /** The address that `forgotPassword` named, in any case. */
  email: Scalars['EmailAddress']['input'];
  /** By the pool’s policy, and none of the last five. PASSWORD_POLICY, with the broken rules in `details.rules`, where it is refused. */
  newPassword: Scalars['String']['input'];
  /** Which pool the account is in; END_USER where it is null. */
  userType?: InputMaybe<UserType>;
};

/** What ended a session. */
export type SessionEndReason =
  /** It reached the end of its refresh token. */
  | 'EXPIRED'
  /** The person signed out. */
  | 'LOGGED_OUT'
  /** The password was changed or reset elsewhere. */
  | 'PASSWORD_CHANGED'
  /** A refresh token that had been replaced was used again. */
  | 'REFRESH_TOKEN_REUSED'
  /** The person or an administrator ended it from elsewhere. */
  | 'REVOKED'
  /** The account was deleted. */
  | 'USER_DELETED'
  /** The account was disabled. */
  | 'USER_DISABLED';

/** What people change of their own profile. What is left out stays; null removes. */
export type UpdateMeInput = {
  /** Needed with the password where MFA is on. */
  code?: InputMaybe<Scalars['String']['input']>;
  /** At most 2,048 characters; empty removes as null does. */
  familyName?: InputMaybe<Scalars['String']['input']>;
  /** At most 2,048 characters; empty removes as null does. */
  givenName?: InputMaybe<Scalars['String']['input']>;
  /** Needed to change the phone number. */
  password?: InputMaybe<Scalars['String']['input']>;
  /** In E.164 form. Any change of it, a removal too, needs `password`. */
  phoneNumber?: InputMaybe<Scalars['PhoneNumber']['input']>;
};

/** What an administrator changes about a person. What is left out stays; null removes, save for the address. */
export type UpdateUserInput = {
  /** A changed address is unverified. */
  email?: InputMaybe<Scalars['EmailAddress']['input']>;
  /** At most 2,048 characters; empty removes as null does. */
  familyName?: InputMaybe<Scalars['String']['input']>;
  /** At most 2,048 characters; empty removes as null does. */
  givenName?: InputMaybe<Scalars['String']['input']>;
  /** `User.id`; NOT_FOUND where nobody has it. For the viewer’s own, `email` and `phoneNumber` are BAD_USER_INPUT. */
  id: Scalars['ID']['input'];
  /** In E.164 form; a changed number is unverified. */
  phoneNumber?: InputMaybe<Scalars['PhoneNumber']['input']>;
  /** All roles that the person is to have; each one given or taken needs `assignRole`. Nobody changes their own. */
  roles?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** One attribute, one operator: the filters that Cognito ListUsers can serve from its indexes. At most one of them, besides `userType` and `enabled`. */
export type UserFilter = {
  /** The whole address, in any case. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** In any case; at least one character. */
  emailStartsWith?: InputMaybe<Scalars['String']['input']>;
  /** True: people who are enabled; false: the disabled; both when left out. */
  enabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** At least one character. */
  familyNameStartsWith?: InputMaybe<Scalars['String']['input']>;
  /** At least one character. */
  givenNameStartsWith?: InputMaybe<Scalars['String']['input']>;
  /** The whole number, in E.164 form. */
  phoneNumber?: InputMaybe<Scalars['String']['input']>;
  /** Accounts in this state alone. */
  status?: InputMaybe<UserStatus>;
  /** Which pool; both when left out. */
  userType?: InputMaybe<UserType>;
};

/** Where an account stands in its life. */
export type UserStatus =
  /** In use. */
  | 'CONFIRMED'
  /** Signs in through another identity provider. */
  | 'EXTERNAL_PROVIDER'
  /** Made by an administrator; the temporary password was not replaced yet. */
  | 'FORCE_CHANGE_PASSWORD'
  /** The password must be reset before the next sign-in. */
  | 'RESET_REQUIRED'
  /** Registered; the address is not proven yet. */
  | 'UNCONFIRMED'
  /** A state that this service has no name for. */
  | 'UNKNOWN';

/** The two kinds of people; each kind lives in a user pool of its own. */
export type UserType =
  /** Someone of the administrators’ pool. What they may do is up to their roles. */
  | 'ADMIN'
  /** Someone of the end users’ pool. */
  | 'END_USER';

export type PeopleQueryVariables = Exact<{
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type PeopleQuery = { users: { nodes: Array<{ id: string, email: string | null, name: string | null, userType: UserType, roles: Array<string> | null, status: UserStatus | null, enabled: boolean | null, mfa: { enabled: Array<MfaMethod> } | null, mayDisable: { allowed: boolean }, mayEnable: { allowed: boolean }, mayResetPassword: { allowed: boolean }, mayResetMfa: { allowed: boolean }, mayDelete: { allowed: boolean } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type DisableUserMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type DisableUserMutation = { disableUser: { id: string } };

export type EnableUserMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type EnableUserMutation = { enableUser: { id: string } };

export type ResetUserPasswordMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type ResetUserPasswordMutation = { resetUserPassword: { id: string } };

export type ResetUserMfaMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type ResetUserMfaMutation = { resetUserMfa: { id: string } };

export type DeleteUserMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type DeleteUserMutation = { deleteUser: boolean };

export type RefreshTokensMutationVariables = Exact<{
  refreshToken: Scalars['String']['input'];
}>;


export type RefreshTokensMutation = { refreshTokens: { accessToken: string, refreshToken: string | null } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { logout: boolean };

export type MySessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type MySessionsQuery = { me: { sessions: { nodes: Array<{ id: string, device: string | null, ipAddress: string | null, createdAt: string, lastSeenAt: string, endedAt: string | null, endReason: SessionEndReason | null, mfaAuthenticated: boolean, suspiciousSince: string | null, current: boolean, mayRevoke: { allowed: boolean } }>, pageInfo: { hasNextPage: boolean } } | null } | null };

export type RevokeSessionMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type RevokeSessionMutation = { revokeSession: { id: string } };

export type RevokeOtherSessionsMutationVariables = Exact<{ [key: string]: never; }>;


export type RevokeOtherSessionsMutation = { revokeOtherSessions: number };

type SignInStep_Authenticated_Fragment = { __typename: 'Authenticated', accessToken: string, refreshToken: string | null, session: { id: string } };

type SignInStep_MfaRequired_Fragment = { __typename: 'MfaRequired', challenge: string, methods: Array<MfaMethod>, destination: string | null };

type SignInStep_MfaSelectionRequired_Fragment = { __typename: 'MfaSelectionRequired', challenge: string, methods: Array<MfaMethod> };

type SignInStep_MfaSetupRequired_Fragment = { __typename: 'MfaSetupRequired', challenge: string };

type SignInStep_NewPasswordRequired_Fragment = { __typename: 'NewPasswordRequired', challenge: string, missingAttributes: Array<string> };

export type SignInStepFragment =
  | SignInStep_Authenticated_Fragment
  | SignInStep_MfaRequired_Fragment
  | SignInStep_MfaSelectionRequired_Fragment
  | SignInStep_MfaSetupRequired_Fragment
  | SignInStep_NewPasswordRequired_Fragment
;

export type SignInMutationVariables = Exact<{
  email: Scalars['EmailAddress']['input'];
  password: Scalars['String']['input'];
  userType: UserType;
}>;


export type SignInMutation = { login:
    | { __typename: 'Authenticated', accessToken: string, refreshToken: string | null, session: { id: string } }
    | { __typename: 'MfaRequired', challenge: string, methods: Array<MfaMethod>, destination: string | null }
    | { __typename: 'MfaSelectionRequired', challenge: string, methods: Array<MfaMethod> }
    | { __typename: 'MfaSetupRequired', challenge: string }
    | { __typename: 'NewPasswordRequired', challenge: string, missingAttributes: Array<string> }
   };

export type ChoosePasswordMutationVariables = Exact<{
  challenge: Scalars['String']['input'];
  newPassword: Scalars['String']['input'];
  attributes: Scalars['JSONObject']['input'];
}>;


export type ChoosePasswordMutation = { completeNewPassword:
    | { __typename: 'Authenticated', accessToken: string, refreshToken: string | null, session: { id: string } }
    | { __typename: 'MfaRequired', challenge: string, methods: Array<MfaMethod>, destination: string | null }
    | { __typename: 'MfaSelectionRequired', challenge: string, methods: Array<MfaMethod> }
    | { __typename: 'MfaSetupRequired', challenge: string }
    | { __typename: 'NewPasswordRequired', challenge: string, missingAttributes: Array<string> }
   };

export type ChooseFactorMutationVariables = Exact<{
  challenge: Scalars['String']['input'];
  method: MfaMethod;
}>;


export type ChooseFactorMutation = { selectMfaMethod:
    | { __typename: 'Authenticated', accessToken: string, refreshToken: string | null, session: { id: string } }
    | { __typename: 'MfaRequired', challenge: string, methods: Array<MfaMethod>, destination: string | null }
    | { __typename: 'MfaSelectionRequired', challenge: string, methods: Array<MfaMethod> }
    | { __typename: 'MfaSetupRequired', challenge: string }
    | { __typename: 'NewPasswordRequired', challenge: string, missingAttributes: Array<string> }
   };

export type BringCodeMutationVariables = Exact<{
  challenge: Scalars['String']['input'];
  code: Scalars['String']['input'];
  method: MfaMethod;
}>;


export type BringCodeMutation = { respondToMfa:
    | { __typename: 'Authenticated', accessToken: string, refreshToken: string | null, session: { id: string } }
    | { __typename: 'MfaRequired', challenge: string, methods: Array<MfaMethod>, destination: string | null }
    | { __typename: 'MfaSelectionRequired', challenge: string, methods: Array<MfaMethod> }
    | { __typename: 'MfaSetupRequired', challenge: string }
    | { __typename: 'NewPasswordRequired', challenge: string, missingAttributes: Array<string> }
   };

export type BeginAuthenticatorMutationVariables = Exact<{
  challenge: Scalars['String']['input'];
}>;


export type BeginAuthenticatorMutation = { setupTotp: { secret: string, qrCode: string, challenge: string | null } };

export type ConfirmAuthenticatorMutationVariables = Exact<{
  challenge: Scalars['String']['input'];
  code: Scalars['String']['input'];
}>;


export type ConfirmAuthenticatorMutation = { confirmTotp:
    | { __typename: 'Authenticated', accessToken: string, refreshToken: string | null, session: { id: string } }
    | { __typename: 'MfaRequired', challenge: string, methods: Array<MfaMethod>, destination: string | null }
    | { __typename: 'MfaSelectionRequired', challenge: string, methods: Array<MfaMethod> }
    | { __typename: 'MfaSetupRequired', challenge: string }
    | { __typename: 'NewPasswordRequired', challenge: string, missingAttributes: Array<string> }
   | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { me: { id: string, email: string | null, name: string | null, userType: UserType, mfa: { enabled: Array<MfaMethod> } | null } | null, listUsers: { allowed: boolean } };

export type SetUpAuthenticatorMutationVariables = Exact<{
  password: Scalars['String']['input'];
}>;


export type SetUpAuthenticatorMutation = { setupTotp: { secret: string, qrCode: string } };

export type FinishAuthenticatorMutationVariables = Exact<{
  code: Scalars['String']['input'];
}>;


export type FinishAuthenticatorMutation = { confirmTotp:
    | { __typename: 'Authenticated' }
    | { __typename: 'MfaRequired' }
    | { __typename: 'MfaSelectionRequired' }
    | { __typename: 'MfaSetupRequired' }
    | { __typename: 'NewPasswordRequired' }
   | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const SignInStepFragmentDoc = new TypedDocumentString(`
    fragment SignInStep on LoginResult {
  __typename
  ... on Authenticated {
    accessToken
    refreshToken
    session {
      id
    }
  }
  ... on MfaRequired {
    challenge
    methods
    destination
  }
  ... on MfaSelectionRequired {
    challenge
    methods
  }
  ... on MfaSetupRequired {
    challenge
  }
  ... on NewPasswordRequired {
    challenge
    missingAttributes
  }
}
    `, {"fragmentName":"SignInStep"}) as unknown as TypedDocumentString<SignInStepFragment, unknown>;
export const PeopleDocument = new TypedDocumentString(`
    query People($after: String) {
  users(first: 20, after: $after) {
    nodes {
      id
      email
      name
      userType
      roles
      status
      enabled
      mfa {
        enabled
      }
      mayDisable: can(action: "disableUser") {
        allowed
      }
      mayEnable: can(action: "enableUser") {
        allowed
      }
      mayResetPassword: can(action: "resetUserPassword") {
        allowed
      }
      mayResetMfa: can(action: "resetUserMfa") {
        allowed
      }
      mayDelete: can(action: "deleteUser") {
        allowed
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<PeopleQuery, PeopleQueryVariables>;
export const DisableUserDocument = new TypedDocumentString(`
    mutation DisableUser($id: ID!) {
  disableUser(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<DisableUserMutation, DisableUserMutationVariables>;
export const EnableUserDocument = new TypedDocumentString(`
    mutation EnableUser($id: ID!) {
  enableUser(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<EnableUserMutation, EnableUserMutationVariables>;
export const ResetUserPasswordDocument = new TypedDocumentString(`
    mutation ResetUserPassword($id: ID!) {
  resetUserPassword(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<ResetUserPasswordMutation, ResetUserPasswordMutationVariables>;
export const ResetUserMfaDocument = new TypedDocumentString(`
    mutation ResetUserMfa($id: ID!) {
  resetUserMfa(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<ResetUserMfaMutation, ResetUserMfaMutationVariables>;
export const DeleteUserDocument = new TypedDocumentString(`
    mutation DeleteUser($id: ID!) {
  deleteUser(id: $id)
}
    `) as unknown as TypedDocumentString<DeleteUserMutation, DeleteUserMutationVariables>;
export const RefreshTokensDocument = new TypedDocumentString(`
    mutation RefreshTokens($refreshToken: String!) {
  refreshTokens(refreshToken: $refreshToken) {
    accessToken
    refreshToken
  }
}
    `) as unknown as TypedDocumentString<RefreshTokensMutation, RefreshTokensMutationVariables>;
export const SignOutDocument = new TypedDocumentString(`
    mutation SignOut {
  logout
}
    `) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const MySessionsDocument = new TypedDocumentString(`
    query MySessions {
  me {
    sessions(first: 50) {
      nodes {
        id
        device
        ipAddress
        createdAt
        lastSeenAt
        endedAt
        endReason
        mfaAuthenticated
        suspiciousSince
        current
        mayRevoke: can(action: "revokeSession") {
          allowed
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MySessionsQuery, MySessionsQueryVariables>;
export const RevokeSessionDocument = new TypedDocumentString(`
    mutation RevokeSession($id: ID!) {
  revokeSession(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<RevokeSessionMutation, RevokeSessionMutationVariables>;
export const RevokeOtherSessionsDocument = new TypedDocumentString(`
    mutation RevokeOtherSessions {
  revokeOtherSessions
}
    `) as unknown as TypedDocumentString<RevokeOtherSessionsMutation, RevokeOtherSessionsMutationVariables>;
export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($email: EmailAddress!, $password: String!, $userType: UserType!) {
  login(input: {email: $email, password: $password, userType: $userType}) {
    ...SignInStep
  }
}
    fragment SignInStep on LoginResult {
  __typename
  ... on Authenticated {
    accessToken
    refreshToken
    session {
      id
    }
  }
  ... on MfaRequired {
    challenge
    methods
    destination
  }
  ... on MfaSelectionRequired {
    challenge
    methods
  }
  ... on MfaSetupRequired {
    challenge
  }
  ... on NewPasswordRequired {
    challenge
    missingAttributes
  }
}`) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const ChoosePasswordDocument = new TypedDocumentString(`
    mutation ChoosePassword($challenge: String!, $newPassword: String!, $attributes: JSONObject!) {
  completeNewPassword(
    input: {challenge: $challenge, newPassword: $newPassword, attributes: $attributes}
  ) {
    ...SignInStep
  }
}
    fragment SignInStep on LoginResult {
  __typename
  ... on Authenticated {
    accessToken
    refreshToken
    session {
      id
    }
  }
  ... on MfaRequired {
    challenge
    methods
    destination
  }
  ... on MfaSelectionRequired {
    challenge
    methods
  }
  ... on MfaSetupRequired {
    challenge
  }
  ... on NewPasswordRequired {
    challenge
    missingAttributes
  }
}`) as unknown as TypedDocumentString<ChoosePasswordMutation, ChoosePasswordMutationVariables>;
export const ChooseFactorDocument = new TypedDocumentString(`
    mutation ChooseFactor($challenge: String!, $method: MfaMethod!) {
  selectMfaMethod(challenge: $challenge, method: $method) {
    ...SignInStep
  }
}
    fragment SignInStep on LoginResult {
  __typename
  ... on Authenticated {
    accessToken
    refreshToken
    session {
      id
    }
  }
  ... on MfaRequired {
    challenge
    methods
    destination
  }
  ... on MfaSelectionRequired {
    challenge
    methods
  }
  ... on MfaSetupRequired {
    challenge
  }
  ... on NewPasswordRequired {
    challenge
    missingAttributes
  }
}`) as unknown as TypedDocumentString<ChooseFactorMutation, ChooseFactorMutationVariables>;
export const BringCodeDocument = new TypedDocumentString(`
    mutation BringCode($challenge: String!, $code: String!, $method: MfaMethod!) {
  respondToMfa(input: {challenge: $challenge, code: $code, method: $method}) {
    ...SignInStep
  }
}
    fragment SignInStep on LoginResult {
  __typename
  ... on Authenticated {
    accessToken
    refreshToken
    session {
      id
    }
  }
  ... on MfaRequired {
    challenge
    methods
    destination
  }
  ... on MfaSelectionRequired {
    challenge
    methods
  }
  ... on MfaSetupRequired {
    challenge
  }
  ... on NewPasswordRequired {
    challenge
    missingAttributes
  }
}`) as unknown as TypedDocumentString<BringCodeMutation, BringCodeMutationVariables>;
export const BeginAuthenticatorDocument = new TypedDocumentString(`
    mutation BeginAuthenticator($challenge: String!) {
  setupTotp(challenge: $challenge) {
    secret
    qrCode
    challenge
  }
}
    `) as unknown as TypedDocumentString<BeginAuthenticatorMutation, BeginAuthenticatorMutationVariables>;
export const ConfirmAuthenticatorDocument = new TypedDocumentString(`
    mutation ConfirmAuthenticator($challenge: String!, $code: String!) {
  confirmTotp(challenge: $challenge, code: $code) {
    ...SignInStep
  }
}
    fragment SignInStep on LoginResult {
  __typename
  ... on Authenticated {
    accessToken
    refreshToken
    session {
      id
    }
  }
  ... on MfaRequired {
    challenge
    methods
    destination
  }
  ... on MfaSelectionRequired {
    challenge
    methods
  }
  ... on MfaSetupRequired {
    challenge
  }
  ... on NewPasswordRequired {
    challenge
    missingAttributes
  }
}`) as unknown as TypedDocumentString<ConfirmAuthenticatorMutation, ConfirmAuthenticatorMutationVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  me {
    id
    email
    name
    userType
    mfa {
      enabled
    }
  }
  listUsers: decision(
    check: {action: "listUsers", resource: {type: "Identity::Application", id: "portcullis"}}
  ) {
    allowed
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const SetUpAuthenticatorDocument = new TypedDocumentString(`
    mutation SetUpAuthenticator($password: String!) {
  setupTotp(password: $password) {
    secret
    qrCode
  }
}
    `) as unknown as TypedDocumentString<SetUpAuthenticatorMutation, SetUpAuthenticatorMutationVariables>;
export const FinishAuthenticatorDocument = new TypedDocumentString(`
    mutation FinishAuthenticator($code: String!) {
  confirmTotp(code: $code) {
    __typename
  }
}
    `) as unknown as TypedDocumentString<FinishAuthenticatorMutation, FinishAuthenticatorMutationVariables>;