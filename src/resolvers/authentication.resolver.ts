import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { RateLimit } from '../directives/rate-limit.directive.js';
import {
  ConfirmRegistrationInput,
  LoginInput,
  NewPasswordInput,
  RegisterInput,
} from '../schema/authentication.inputs.js';
import { Authenticated, LoginResult } from '../schema/authentication.types.js';
import { EmailAddress } from '../schema/email-address.scalar.js';
import { CodeDelivery, Registration } from '../schema/registration.types.js';
import { Session } from '../schema/session.type.js';
import { UserTypeEnum, WHICH_POOL } from '../schema/user-type.enum.js';
import { User } from '../schema/user.type.js';
import type {
  Authenticated as AuthenticatedRecord,
  CodeDelivery as CodeDeliveryRecord,
  Registration as RegistrationRecord,
  SignIn,
} from '../services/authentication/authentication.js';
import type { SessionRecord } from '../services/sessions/session.js';
import type { UserRecord, UserType } from '../services/users/user-store.js';
import { signedIn } from './signed-in.js';

/** Sign-up, sign-in and sign-out. None of the mutations but `logout` looks at the Authorization header. */
@Resolver(() => Authenticated)
export class AuthenticationResolver {
  @RateLimit('register.ip')
  @RateLimit('register.account')
  @Mutation(() => Registration, {
    description:
      'Signs up an end user. The answer is the same whether or not the address has an account already.',
  })
  register(
    @Arg('input', () => RegisterInput, {
      description:
        'Who signs up. PASSWORD_POLICY where the password is refused, with the broken rules in `details.rules` and what each asks for in `details.messages`.',
    })
    input: RegisterInput,
    @Ctx() context: RequestContext,
  ): Promise<RegistrationRecord> {
    return context.services.authentication.register(input);
  }

  @RateLimit('confirmRegistration.ip')
  @Mutation(() => Boolean, { description: 'Proves the address of a new account with the code sent there.' })
  async confirmRegistration(
    @Arg('input', () => ConfirmRegistrationInput, {
      description:
        'The address and its code. CODE_MISMATCH for a code that is wrong, used or too old, and where there is nothing to confirm.',
    })
    { email, userType, code }: ConfirmRegistrationInput,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    await context.services.authentication.confirmRegistration(
      { email, userType: userType ?? 'END_USER', code },
      context.client,
    );
    return true;
  }

  @RateLimit('resendConfirmation.ip')
  @RateLimit('resendConfirmation.account')
  @Mutation(() => CodeDelivery, {
    description: 'Sends a new code. The answer is the same whether or not there is an account to confirm.',
  })
  resendConfirmation(
    @Arg('email', () => EmailAddress, { description: 'The address that was registered, in any case.' })
    email: string,
    @Arg('userType', () => UserTypeEnum, WHICH_POOL)
    userType: UserType | null,
    @Ctx() context: RequestContext,
  ): Promise<CodeDeliveryRecord> {
    return context.services.authentication.resendConfirmation({ email, userType: userType ?? 'END_USER' });
  }

  @RateLimit('login.ip')
  @Mutation(() => LoginResult, { description: 'Signs in by password, or says what is needed next.' })
  async login(
    @Arg('input', () => LoginInput, {
      description:
        'INVALID_CREDENTIALS where the address or the password is wrong, ACCOUNT_LOCKED after too many tries. USER_NOT_CONFIRMED and PASSWORD_RESET_REQUIRED where the account is in that state; the latter with `details.reason` TEMPORARY_PASSWORD_EXPIRED where an administrator has to send another invitation.',
    })
    { userType, ...input }: LoginInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SignIn> {
    return signedIn(
      await context.services.authentication.login(
        { ...input, userType: userType ?? 'END_USER' },
        context.client,
      ),
      context,
      info,
    );
  }

  @RateLimit('completeNewPassword.ip')
  @Mutation(() => LoginResult, { description: 'Replaces a temporary password and goes on with the sign-in.' })
  async completeNewPassword(
    @Arg('input', () => NewPasswordInput, {
      description:
        'CODE_EXPIRED where the challenge is too old or used. BAD_USER_INPUT where attributes are missing, with their names in `details.absent`.',
    })
    { attributes, ...input }: NewPasswordInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SignIn> {
    return signedIn(
      await context.services.authentication.completeNewPassword(
        { ...input, attributes: attributes ?? {} },
        context.client,
      ),
      context,
      info,
    );
  }

  @RateLimit('refreshTokens.ip')
  @RateLimit('refreshTokens.account')
  @Mutation(() => Authenticated, {
    description: 'Trades a refresh token for new tokens. With rotation, the old one is used up.',
  })
  async refreshTokens(
    @Arg('refreshToken', () => String, {
      description:
        'UNAUTHENTICATED where it is not valid or its session has ended. One that rotation used up may be repeated within the pool’s grace, half a minute by default, and only until its successor is used; after that it ends the session.',
    })
    refreshToken: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuthenticatedRecord> {
    return signedIn(
      await context.services.authentication.refreshTokens(refreshToken, context.client),
      context,
      info,
    );
  }

  @Mutation(() => Boolean, {
    description:
      'Ends the current session, or all of the viewer’s sessions. Access tokens of an ended session stop working at once.',
  })
  async logout(
    @Arg('everywhere', () => Boolean, {
      nullable: true,
      defaultValue: false,
      description:
        'True: all of the viewer’s sessions end; false or null: the current one. UNAUTHENTICATED where nobody is signed in.',
    })
    everywhere: boolean | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<boolean> {
    await context.services.authentication.logout(context.requireViewer(info.path), {
      everywhere: everywhere ?? false,
    });
    context.signOut();
    return true;
  }

  @FieldResolver(() => String)
  tokenType(): string {
    return 'Bearer';
  }

  @FieldResolver(() => Session, {
    description: 'The session that the tokens belong to; refreshed tokens belong to the same one.',
  })
  session(@Root() { viewer }: AuthenticatedRecord): SessionRecord {
    return viewer.session;
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Whom the tokens are for; null where the account is gone.',
  })
  async user(
    @Root() { viewer }: AuthenticatedRecord,
    @Ctx() context: RequestContext,
  ): Promise<UserRecord | null> {
    return (await context.loaders.users.load(viewer.userId)) ?? null;
  }
}
