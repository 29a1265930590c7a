import type { CognitoServices } from '../services.js';
import { createAdminAddUserToGroup } from './admin-add-user-to-group.js';
import { createAdminConfirmSignUp } from './admin-confirm-sign-up.js';
import { createAdminCreateUser } from './admin-create-user.js';
import { createAdminDeleteUser } from './admin-delete-user.js';
import { createAdminDisableUser } from './admin-disable-user.js';
import { createAdminEnableUser } from './admin-enable-user.js';
import { createAdminGetUser } from './admin-get-user.js';
import { createAdminListGroupsForUser } from './admin-list-groups-for-user.js';
import { createAdminListUserSessions } from './admin-list-user-sessions.js';
import { createAdminRemoveUserFromGroup } from './admin-remove-user-from-group.js';
import { createAdminResetUserPassword } from './admin-reset-user-password.js';
import { createAdminRevokeUserSession } from './admin-revoke-user-session.js';
import { createAdminSetUserMfaPreference } from './admin-set-user-mfa-preference.js';
import { createAdminSetUserPassword } from './admin-set-user-password.js';
import { createAdminUpdateUserAttributes } from './admin-update-user-attributes.js';
import { createAdminUserGlobalSignOut } from './admin-user-global-sign-out.js';
import { createAssociateSoftwareToken } from './associate-software-token.js';
import { createChangePassword } from './change-password.js';
import { createConfirmForgotPassword } from './confirm-forgot-password.js';
import { createConfirmSignUp } from './confirm-sign-up.js';
import { createCreateGroup } from './create-group.js';
import { createCreateResourceServer } from './create-resource-server.js';
import { createCreateUserPoolClient } from './create-user-pool-client.js';
import { createCreateUserPool } from './create-user-pool.js';
import { createDeleteGroup } from './delete-group.js';
import { createDeleteUser } from './delete-user.js';
import { createDescribeResourceServer } from './describe-resource-server.js';
import { createDescribeUserPoolClient } from './describe-user-pool-client.js';
import { createDescribeUserPool } from './describe-user-pool.js';
import { createForgotPassword } from './forgot-password.js';
import { createGetGroup } from './get-group.js';
import { createGetTokensFromRefreshToken } from './get-tokens-from-refresh-token.js';
import { createGetUserAttributeVerificationCode } from './get-user-attribute-verification-code.js';
import { createGetUserPoolMfaConfig } from './get-user-pool-mfa-config.js';
import { createGetUserPoolSessionConfiguration } from './get-user-pool-session-configuration.js';
import { createGetUser } from './get-user.js';
import { createGlobalSignOut } from './global-sign-out.js';
import { createInitiateAuth } from './initiate-auth.js';
import { createListGroups } from './list-groups.js';
import { createListResourceServers } from './list-resource-servers.js';
import { createListUserPoolClients } from './list-user-pool-clients.js';
import { createListUserPools } from './list-user-pools.js';
import { createListUserSessions } from './list-user-sessions.js';
import { createListUsersInGroup } from './list-users-in-group.js';
import { createListUsers } from './list-users.js';
import { createResendConfirmationCode } from './resend-confirmation-code.js';
import { createRespondToAuthChallenge } from './respond-to-auth-challenge.js';
import { createRevokeToken } from './revoke-token.js';
import { createRevokeUserSession } from './revoke-user-session.js';
import { createSetUserMfaPreference } from './set-user-mfa-preference.js';
import { createSetUserPoolMfaConfig } from './set-user-pool-mfa-config.js';
import { createSetUserPoolSessionConfiguration } from './set-user-pool-session-configuration.js';
import { createSignUp } from './sign-up.js';
import { createUpdateGroup } from './update-group.js';
import { createUpdateUserAttributes } from './update-user-attributes.js';
import { createUpdateUserPoolClient } from './update-user-pool-client.js';
import { createUpdateUserPool } from './update-user-pool.js';
import { createVerifySoftwareToken } from './verify-software-token.js';
import { createVerifyUserAttribute } from './verify-user-attribute.js';

/** Every operation that the embedded Cognito answers, under its name on the wire. */
export const createOperations = (services: CognitoServices) => ({
  AdminAddUserToGroup: createAdminAddUserToGroup(services),
  AdminConfirmSignUp: createAdminConfirmSignUp(services),
  AdminCreateUser: createAdminCreateUser(services),
  AdminDeleteUser: createAdminDeleteUser(services),
  AdminDisableUser: createAdminDisableUser(services),
  AdminEnableUser: createAdminEnableUser(services),
  AdminGetUser: createAdminGetUser(services),
  AdminListGroupsForUser: createAdminListGroupsForUser(services),
  AdminListUserSessions: createAdminListUserSessions(services),
  AdminRemoveUserFromGroup: createAdminRemoveUserFromGroup(services),
  AdminResetUserPassword: createAdminResetUserPassword(services),
  AdminRevokeUserSession: createAdminRevokeUserSession(services),
  AdminSetUserMFAPreference: createAdminSetUserMfaPreference(services),
  AdminSetUserPassword: createAdminSetUserPassword(services),
  AdminUpdateUserAttributes: createAdminUpdateUserAttributes(services),
  AdminUserGlobalSignOut: createAdminUserGlobalSignOut(services),
  AssociateSoftwareToken: createAssociateSoftwareToken(services),
  ChangePassword: createChangePassword(services),
  ConfirmForgotPassword: createConfirmForgotPassword(services),
  ConfirmSignUp: createConfirmSignUp(services),
  CreateGroup: createCreateGroup(services),
  CreateResourceServer: createCreateResourceServer(services),
  CreateUserPool: createCreateUserPool(services),
  CreateUserPoolClient: createCreateUserPoolClient(services),
  DeleteGroup: createDeleteGroup(services),
  DeleteUser: createDeleteUser(services),
  DescribeResourceServer: createDescribeResourceServer(services),
  DescribeUserPool: createDescribeUserPool(services),
  DescribeUserPoolClient: createDescribeUserPoolClient(services),
  ForgotPassword: createForgotPassword(services),
  GetGroup: createGetGroup(services),
  GetTokensFromRefreshToken: createGetTokensFromRefreshToken(services),
  GetUser: createGetUser(services),
  GetUserAttributeVerificationCode: createGetUserAttributeVerificationCode(services),
  GetUserPoolMfaConfig: createGetUserPoolMfaConfig(services),
  GetUserPoolSessionConfiguration: createGetUserPoolSessionConfiguration(services),
  GlobalSignOut: createGlobalSignOut(services),
  InitiateAuth: createInitiateAuth(services),
  ListGroups: createListGroups(services),
  ListResourceServers: createListResourceServers(services),
  ListUserPoolClients: createListUserPoolClients(services),
  ListUserPools: createListUserPools(services),
  ListUserSessions: createListUserSessions(services),
  ListUsers: createListUsers(services),
  ListUsersInGroup: createListUsersInGroup(services),
  ResendConfirmationCode: createResendConfirmationCode(services),
  RespondToAuthChallenge: createRespondToAuthChallenge(services),
  RevokeToken: createRevokeToken(services),
  RevokeUserSession: createRevokeUserSession(services),
  SetUserMFAPreference: createSetUserMfaPreference(services),
  SetUserPoolMfaConfig: createSetUserPoolMfaConfig(services),
  SetUserPoolSessionConfiguration: createSetUserPoolSessionConfiguration(services),
  SignUp: createSignUp(services),
  UpdateGroup: createUpdateGroup(services),
  UpdateUserAttributes: createUpdateUserAttributes(services),
  UpdateUserPool: createUpdateUserPool(services),
  UpdateUserPoolClient: createUpdateUserPoolClient(services),
  VerifySoftwareToken: createVerifySoftwareToken(services),
  VerifyUserAttribute: createVerifyUserAttribute(services),
});
