import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { Authorize } from '../directives/authorize.decorator.js';
import { RateLimit } from '../directives/rate-limit.directive.js';
import { unauthenticated } from '../errors.js';
import { UpdateMeInput } from '../schema/user.inputs.js';
import { User } from '../schema/user.type.js';
import type { UserRecord } from '../services/users/user-store.js';
import { CODE, PASSWORD } from '../schema/proof-arguments.js';

/** What a signed-in person asks and changes about themselves. */
@Resolver()
export class ViewerResolver {
  @RateLimit('reads.viewer')
  @Query(() => User, { nullable: true, description: 'The signed-in person; null when nobody is.' })
  async me(@Ctx() context: RequestContext, @Info() info: GraphQLResolveInfo): Promise<UserRecord | null> {
    const viewer = context.viewer(info.path);
    if (viewer === null) return null;
    return (await context.loaders.users.load(viewer.userId)) ?? null;
  }

  @RateLimit('updateMe.viewer')
  @Authorize({ action: 'updateProfile', resource: '$viewer' })
  @Mutation(() => User, {
    description: 'Changes the viewer’s own profile. A changed phone number is unverified.',
  })
  async updateMe(
    @Arg('input', () => UpdateMeInput, {
      description:
        'A changed phone number without `password` is BAD_USER_INPUT, with a wrong one INVALID_CREDENTIALS.',
    })
    { password, code, ...changes }: UpdateMeInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserRecord> {
    const { authentication } = context.services;
    const viewer = context.requireViewer(info.path);
    const person = await context.loaders.users.load(viewer.userId);
    if (person === undefined) throw unauthenticated();
    if (changes.phoneNumber !== undefined && changes.phoneNumber !== person.phoneNumber) {
      const proof = { password: password ?? null, code: code ?? null };
      await authentication.proveIdentity(viewer, proof, context.client);
    }
    const updated = await context.services.users.update(viewer.userId, changes);
    context.forget();
    return updated;
  }

  @RateLimit('proofs.viewer')
  @Authorize({ action: 'deleteAccount', resource: '$viewer' })
  @Mutation(() => Boolean, {
    description:
      'Deletes the viewer’s own account for good. Its sessions end and its tokens stop working at once. CONFLICT for the last administrator who can sign in.',
  })
  async deleteMe(
    @Arg('password', () => String, { description: PASSWORD }) password: string,
    @Arg('code', () => String, { nullable: true, description: CODE }) code: string | null | undefined,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<boolean> {
    const viewer = context.requireViewer(info.path);
    const proof = { password, code: code ?? null };
    await context.services.authentication.deleteMe(viewer, proof, context.client);
    context.forget();
    context.signOut();
    return true;
  }
}
