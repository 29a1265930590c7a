import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { Authorize } from '../directives/authorize.decorator.js';
import { RateLimit } from '../directives/rate-limit.directive.js';
import { EmailAddress } from '../schema/email-address.scalar.js';
import { MfaMethodEnum } from '../schema/mfa-settings.type.js';
import { CodeDelivery } from '../schema/registration.types.js';
import { User } from '../schema/user.type.js';
import type { CodeDelivery as CodeDeliveryRecord } from '../services/authentication/authentication.js';
import type { MfaMethod, UserRecord } from '../services/users/user-store.js';
import { CODE, PASSWORD } from '../schema/proof-arguments.js';

const MEDIUM = 'EMAIL for the address, SMS for the telephone number; BAD_USER_INPUT for TOTP.';

/** By what the viewer is reached, and that it is theirs. */
@Resolver()
export class ContactResolver {
  @RateLimit('proofs.viewer')
  @RateLimit('contactCodes.viewer')
  @RateLimit('changeEmail.account')
  @Authorize({ action: 'changeEmail', resource: '$viewer' })
  @Mutation(() => CodeDelivery, {
    description:
      'Mails a code to the viewer’s new address, which takes effect with `verifyContact`; the old one is good until then. The answer is the same where another account has the address.',
  })
  changeEmail(
    @Arg('email', () => EmailAddress, {
      description:
        'In any case, at most 128 characters; kept in lower case. BAD_USER_INPUT for the present one.',
    })
    email: string,
    @Arg('password', () => String, { description: PASSWORD }) password: string,
    @Arg('code', () => String, { nullable: true, description: CODE }) code: string | null | undefined,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CodeDeliveryRecord> {
    return context.services.authentication.changeEmail(
      context.requireViewer(info.path),
      { email, password, code: code ?? null },
      context.client,
    );
  }

  @RateLimit('requestContactVerification.viewer')
  @RateLimit('contactCodes.viewer')
  @Authorize({ action: 'verifyContact', resource: '$viewer' })
  @Mutation(() => CodeDelivery, {
    description:
      'Sends a code that verifies the viewer’s address or telephone number; the new address, where one waits for that.',
  })
  requestContactVerification(
    @Arg('medium', () => MfaMethodEnum, {
      description: `${MEDIUM} BAD_USER_INPUT too where the viewer has no number.`,
    })
    medium: MfaMethod,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CodeDeliveryRecord> {
    const viewer = context.requireViewer(info.path);
    return context.services.authentication.requestContactVerification(viewer, medium);
  }

  @RateLimit('verifyContact.viewer')
  @Authorize({ action: 'verifyContact', resource: '$viewer' })
  @Mutation(() => User, {
    description:
      'Verifies the viewer’s address or telephone number, and makes a new address theirs. CONFLICT where somebody else verified it first.',
  })
  async verifyContact(
    @Arg('medium', () => MfaMethodEnum, { description: MEDIUM }) medium: MfaMethod,
    @Arg('code', () => String, {
      description:
        'As it was sent; blanks around it do not matter. CODE_MISMATCH for a wrong one, which counts against the account; CODE_EXPIRED for one that is used or too old, or was tried too often.',
    })
    code: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserRecord> {
    const viewer = context.requireViewer(info.path);
    const { authentication } = context.services;
    const person = await authentication.verifyContact(viewer, { medium, code }, context.client);
    context.forget();
    return person;
  }
}
