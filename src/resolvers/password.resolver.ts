import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { Authorize } from '../directives/authorize.decorator.js';
import { RateLimit } from '../directives/rate-limit.directive.js';
import { EmailAddress } from '../schema/email-address.scalar.js';
import { ChangePasswordInput, ResetPasswordInput } from '../schema/password.inputs.js';
import { CodeDelivery } from '../schema/registration.types.js';
import { UserTypeEnum, WHICH_POOL } from '../schema/user-type.enum.js';
import type { CodeDelivery as CodeDeliveryRecord } from '../services/authentication/authentication.js';
import type { UserType } from '../services/users/user-store.js';

/** Passwords that were forgotten, and that are changed. */
@Resolver()
export class PasswordResolver {
  @RateLimit('forgotPassword.ip')
  @RateLimit('forgotPassword.account')
  @Mutation(() => CodeDelivery, {
    description:
      'Mails a code to choose a new password with. The answer is the same whether or not the account exists.',
  })
  forgotPassword(
    @Arg('email', () => EmailAddress, { description: 'The address of the account, in any case.' })
    email: string,
    @Arg('userType', () => UserTypeEnum, WHICH_POOL)
    userType: UserType | null,
    @Ctx() context: RequestContext,
  ): Promise<CodeDeliveryRecord> {
    return context.services.authentication.forgotPassword({ email, userType: userType ?? 'END_USER' });
  }

  @RateLimit('resetPassword.ip')
  @Mutation(() => Boolean, {
    description:
      'Chooses a new password with the code that was mailed. All sessions of the account end. It signs nobody in.',
  })
  async resetPassword(
    @Arg('input', () => ResetPasswordInput, {
      description:
        'CODE_MISMATCH for a code that is wrong, used or too old, which counts against the account, and where there is no such account.',
    })
    { userType, ...input }: ResetPasswordInput,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    await context.services.authentication.resetPassword(
      { ...input, userType: userType ?? 'END_USER' },
      context.client,
    );
    return true;
  }

  @RateLimit('proofs.viewer')
  @Authorize({ action: 'changePassword', resource: '$viewer' })
  @Mutation(() => Boolean, {
    description: 'Replaces the viewer’s own password. Their other sessions end; the current one goes on.',
  })
  async changePassword(
    @Arg('input', () => ChangePasswordInput, {
      description:
        'ACCOUNT_LOCKED after too many wrong tries. UPSTREAM_UNAVAILABLE with `details.changed` where it was changed and other sessions may go on for a while.',
    })
    input: ChangePasswordInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<boolean> {
    const viewer = context.requireViewer(info.path);
    const { currentPassword, newPassword, code = null } = input;
    await context.services.authentication.changePassword(
      viewer,
      { currentPassword, newPassword, code },
      context.client,
    );
    context.forget();
    return true;
  }
}
