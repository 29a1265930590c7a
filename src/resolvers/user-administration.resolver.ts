import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Int, Mutation, Resolver } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { Authorize } from '../directives/authorize.decorator.js';
import { RateLimit } from '../directives/rate-limit.directive.js';
import { requireAllowed } from '../directives/require-allowed.js';
import { badUserInput, notFound, PortcullisError } from '../errors.js';
import { CreateUserInput, UpdateUserInput } from '../schema/user.inputs.js';
import { User } from '../schema/user.type.js';
import { APPLICATION, roleUid, userUid } from '../services/authorization/names.js';
import { roleChanges } from '../services/users/role-changes.js';
import type { UserRecord } from '../services/users/user-store.js';

const MAX_ROLES = 100;
/** What Cognito takes as GroupName. */
const ROLE_NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

/** What administrators do to accounts. Roles are guarded one by one, since each is an entity of its own. */
@Resolver()
export class UserAdministrationResolver {
  @RateLimit('createUser.viewer')
  @Authorize({ action: 'createUser' })
  @Mutation(() => User, {
    description:
      'Makes an account with a temporary password, and mails an invitation unless told not to. Administrators need `createAdministrator`, each role `assignRole`.',
  })
  async createUser(
    @Arg('input', () => CreateUserInput, {
      description:
        'BAD_USER_INPUT for a role that the pool does not have. PASSWORD_POLICY where the temporary password is refused.',
    })
    input: CreateUserInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserRecord> {
    const { roles, suppressInvitation, resendInvitation, ...person } = input;
    if (resendInvitation) requireInvitationAlone(input);
    requireRoleNames(roles);
    const userType = input.userType ?? 'END_USER';
    const asker = context.requireAsker(info.path);
    await requireAllowed([
      ...(userType === 'ADMIN' ? [context.ask(asker, 'createAdministrator', APPLICATION)] : []),
      ...(roles ?? []).map((role) => context.ask(asker, 'assignRole', roleUid(role))),
    ]);
    const { userAdministration } = context.services;
    const user = resendInvitation
      ? await userAdministration.resendInvitation({ ...person, userType })
      : await userAdministration.createUser({
          ...person,
          userType,
          suppressInvitation: suppressInvitation ?? false,
          roles: roles ?? [],
        });
    context.forget();
    return user;
  }

  @Authorize({ action: 'updateUser', resource: '$args.input.id', resourceType: 'User' })
  @Mutation(() => User, {
    description:
      'Changes an account. Each role given or taken needs `assignRole`; the last administrator keeps theirs.',
  })
  async updateUser(
    @Arg('input', () => UpdateUserInput, {
      description:
        'CONFLICT where another account of the pool has the address, or the last administrator would lose the role. BAD_USER_INPUT for a role that the pool does not have.',
    })
    input: UpdateUserInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserRecord> {
    const { id, roles, email, ...changes } = input;
    const asker = context.requireAsker(info.path);
    const isOneself = context.viewer(info.path)?.userId === id;
    if (isOneself) refuseContact(input);
    requireRoleNames(roles);
    if ((await context.loaders.users.load(id)) === undefined) throw notFound('The user');
    const newRoles = roles ? roleChanges(await context.services.users.rolesOf(id), roles) : undefined;
    if (newRoles !== undefined) {
      const changed = [...newRoles.granted, ...newRoles.withdrawn];
      const target = { __entity: { ...userUid(id) } };
      await requireAllowed(
        changed.map((role) => context.ask(asker, 'assignRole', roleUid(role), { context: { target } })),
      );
      if (isOneself && changed.length > 0) throw ownRoles();
    }
    const user = await context.services.userAdministration.updateUser(id, {
      ...changes,
      ...(email && { email }),
      ...(newRoles && { roles: newRoles }),
    });
    context.forget();
    return user;
  }

  @Authorize({ action: 'deleteUser', resource: '$args.id', resourceType: 'User' })
  @Mutation(() => Boolean, {
    description: 'Deletes an account for good. Its sessions end and its tokens stop working at once.',
  })
  async deleteUser(
    @Arg('id', () => ID, {
      description:
        '`User.id`. NOT_FOUND where nobody has it, CONFLICT for the last administrator who can sign in.',
    })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    await context.services.userAdministration.deleteUser(id);
    context.forget();
    return true;
  }

  @Authorize({ action: 'enableUser', resource: '$args.id', resourceType: 'User' })
  @Mutation(() => User, { description: 'Lets a disabled person sign in again.' })
  async enableUser(
    @Arg('id', () => ID, { description: '`User.id`; NOT_FOUND where nobody has it.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<UserRecord> {
    const user = await context.services.userAdministration.enableUser(id);
    context.forget();
    return user;
  }

  @Authorize({ action: 'disableUser', resource: '$args.id', resourceType: 'User' })
  @Mutation(() => User, {
    description: 'Shuts a person out. Their sessions end and their tokens stop working at once.',
  })
  async disableUser(
    @Arg('id', () => ID, {
      description:
        '`User.id`. NOT_FOUND where nobody has it, CONFLICT for the last administrator who can sign in.',
    })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<UserRecord> {
    const user = await context.services.userAdministration.disableUser(id);
    context.forget();
    return user;
  }

  @RateLimit('resetUserPassword.viewer')
  @Authorize({ action: 'resetUserPassword', resource: '$args.id', resourceType: 'User' })
  @Mutation(() => User, {
    description:
      'Takes the password from an account, and mails a code for another one: `resetPassword` brings the person back. Their sessions end, as PASSWORD_CHANGED, and their tokens stop working at once.',
  })
  async resetUserPassword(
    @Arg('id', () => ID, {
      description:
        '`User.id`. NOT_FOUND where nobody has it. CONFLICT where no code can go, to who is disabled or invited or has no verified address, and for the last administrator who can sign in.',
    })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<UserRecord> {
    const user = await context.services.userAdministration.resetUserPassword(id);
    context.forget();
    return user;
  }

  @Authorize({ action: 'resetUserMfa', resource: '$args.id', resourceType: 'User' })
  @Mutation(() => User, {
    description:
      'Takes all second factors from an account, for a lost telephone, and ends its sessions. Where the pool requires one, the next sign-in sets it up.',
  })
  async resetUserMfa(
    @Arg('id', () => ID, { description: '`User.id`; NOT_FOUND where nobody has it.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<UserRecord> {
    const user = await context.services.userAdministration.resetUserMfa(id);
    context.forget();
    return user;
  }

  @Authorize({ action: 'revokeUserSessions', resource: '$args.id', resourceType: 'User' })
  @Mutation(() => Int, {
    description:
      'Ends all sessions of a person: their tokens stop working at once. Says how many there were. They may sign in again.',
  })
  async revokeUserSessions(
    @Arg('id', () => ID, { description: '`User.id`; NOT_FOUND where nobody has it.' }) id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<number> {
    const { userId } = context.requireViewer(info.path);
    const ended = await context.services.userAdministration.revokeSessions(id);
    context.forget();
    if (id === userId) context.signOut();
    return ended;
  }
}

/** One's own address and number protect one's account: changing them takes a proof of identity that is not asked for here. */
function refuseContact(input: UpdateUserInput): void {
  for (const argument of ['email', 'phoneNumber'] as const) {
    if (input[argument] === undefined) continue;
    const own = argument === 'email' ? 'changeEmail' : 'updateMe';
    throw badUserInput(`Nobody changes their own ${argument} by administering themselves: use ${own}.`, {
      argument,
    });
  }
}

/** What is changed about an account is not changed by inviting its owner again. */
function requireInvitationAlone({ suppressInvitation, ...input }: CreateUserInput): void {
  for (const argument of ['givenName', 'familyName', 'phoneNumber', 'roles'] as const) {
    if (input[argument] === undefined || input[argument] === null) continue;
    throw badUserInput(`Another invitation takes no ${argument}.`, { argument });
  }
  if (suppressInvitation) {
    throw badUserInput('An invitation is either sent again or suppressed.', {
      argument: 'suppressInvitation',
    });
  }
}

/** Whatever the policies say: who could give themselves a role would have them all. */
const ownRoles = () => new PortcullisError('FORBIDDEN', 'Nobody changes their own roles.');

/** Each role is a decision and a call of Cognito, so their number is bounded before either. */
function requireRoleNames(roles: readonly string[] | null | undefined): void {
  if (!roles) return;
  if (roles.length <= MAX_ROLES && roles.every((role) => ROLE_NAME.test(role))) return;
  throw badUserInput(
    `Roles are the names of groups: up to ${MAX_ROLES}, of 1 to 128 characters without spaces.`,
    {
      argument: 'roles',
    },
  );
}
