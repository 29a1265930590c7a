import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { Authorize } from '../directives/authorize.decorator.js';
import { RateLimit } from '../directives/rate-limit.directive.js';
import { requireAllowed } from '../directives/require-allowed.js';
import { MfaInput } from '../schema/authentication.inputs.js';
import { LoginResult, TotpSetup } from '../schema/authentication.types.js';
import { MfaMethodEnum, MfaSettings } from '../schema/mfa-settings.type.js';
import type { SignIn, TotpSetup as TotpSetupRecord } from '../services/authentication/authentication.js';
import type { Viewer } from '../services/authentication/viewer.js';
import { userUid } from '../services/authorization/names.js';
import type { MfaMethod, MfaState } from '../services/users/user-store.js';
import { CODE, PASSWORD } from '../schema/proof-arguments.js';
import { signedIn } from './signed-in.js';

/** Second factors: in a sign-in, and in the hands of who is signed in. */
@Resolver()
export class MfaResolver {
  @RateLimit('mfaSteps.ip')
  @Mutation(() => LoginResult, {
    description: 'Chooses one of several second factors, and sends its code where it is one that is sent.',
  })
  async selectMfaMethod(
    @Arg('challenge', () => String, {
      description: 'From `MfaSelectionRequired`. CODE_EXPIRED where it is too old or used.',
    })
    challenge: string,
    @Arg('method', () => MfaMethodEnum, { description: 'One of the `methods` to choose from.' })
    method: MfaMethod,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SignIn> {
    const { authentication } = context.services;
    return signedIn(
      await authentication.selectMfaMethod({ challenge, method }, context.client),
      context,
      info,
    );
  }

  @RateLimit('mfaSteps.ip')
  @RateLimit('respondToMfa.account')
  @Mutation(() => LoginResult, {
    description: 'Brings the code of a second factor and goes on with the sign-in.',
  })
  async respondToMfa(
    @Arg('input', () => MfaInput, {
      description:
        'CODE_MISMATCH for a wrong code, which counts against the account. CODE_EXPIRED where the challenge is too old or used, or an authenticator’s code has signed in already.',
    })
    { method, ...input }: MfaInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SignIn> {
    const answer = { ...input, method: method ?? 'TOTP' };
    return signedIn(
      await context.services.authentication.respondToMfa(answer, context.client),
      context,
      info,
    );
  }

  @RateLimit('mfaSteps.ip')
  @RateLimit('proofs.viewer')
  @Mutation(() => TotpSetup, {
    description:
      'Begins the set-up of an authenticator. Nothing changes until `confirmTotp`; one that was set up before stays until then.',
  })
  async setupTotp(
    @Arg('password', () => String, { nullable: true, description: `${PASSWORD} Not needed inside a login.` })
    password: string | null | undefined,
    @Arg('code', () => String, { nullable: true, description: CODE })
    code: string | null | undefined,
    @Arg('challenge', () => String, {
      nullable: true,
      description: 'From `MfaSetupRequired`: it stands for the proof inside a login.',
    })
    challenge: string | null | undefined,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TotpSetupRecord> {
    const { setupTotp } = context.services.authentication;
    if (typeof challenge === 'string') return setupTotp.inSignIn(challenge);
    const viewer = await requireChange(context, info);
    const proof = { password: password ?? null, code: code ?? null };
    return setupTotp.forViewer(viewer, proof, context.client);
  }

  @RateLimit('mfaSteps.ip')
  @Mutation(() => LoginResult, {
    nullable: true,
    description:
      'Ends the set-up of an authenticator: from now on, sign-ins ask for its codes first. Inside a login it goes on with that; outside the answer is null.',
  })
  async confirmTotp(
    @Arg('code', () => String, {
      description: 'The first one that the authenticator shows. CODE_MISMATCH for a wrong one.',
    })
    code: string,
    @Arg('challenge', () => String, {
      nullable: true,
      description: 'From `TotpSetup`, inside a login; null for the viewer’s own set-up.',
    })
    challenge: string | null | undefined,
    @Arg('deviceName', () => String, {
      nullable: true,
      description: 'What the person calls the authenticator, at most 256 characters.',
    })
    deviceName: string | null | undefined,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SignIn | null> {
    const { confirmTotp } = context.services.authentication;
    const confirmation = { code, deviceName: deviceName ?? null };
    if (typeof challenge === 'string') {
      const step = await confirmTotp.inSignIn(challenge, confirmation, context.client);
      return signedIn(step, context, info);
    }
    await confirmTotp.forViewer(await requireChange(context, info), confirmation, context.client);
    context.forget();
    return null;
  }

  @RateLimit('proofs.viewer')
  @Authorize({ action: 'changeMfa', resource: '$viewer' })
  @Mutation(() => MfaSettings, {
    description: 'Sign-ins of the viewer ask for this factor from now on, before the others that are set up.',
  })
  async setMfaPreference(
    @Arg('method', () => MfaMethodEnum, {
      description:
        'BAD_USER_INPUT for TOTP without an authenticator, and for SMS and EMAIL without a verified number or address.',
    })
    method: MfaMethod,
    @Arg('password', () => String, { description: PASSWORD }) password: string,
    @Arg('code', () => String, { nullable: true, description: CODE }) code: string | null | undefined,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MfaState> {
    const { ownMfa } = context.services.authentication;
    const viewer = context.requireViewer(info.path);
    const settings = await ownMfa.prefer(viewer, method, { password, code: code ?? null }, context.client);
    context.forget();
    return settings;
  }

  @RateLimit('proofs.viewer')
  @Authorize({ action: 'changeMfa', resource: '$viewer' })
  @Mutation(() => Boolean, {
    description:
      'Sign-ins of the viewer ask for no second factor from now on. CONFLICT where one is required.',
  })
  async disableMfa(
    @Arg('password', () => String, { description: PASSWORD }) password: string,
    @Arg('code', () => String, { nullable: true, description: CODE }) code: string | null | undefined,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<boolean> {
    const { ownMfa } = context.services.authentication;
    await ownMfa.disable(context.requireViewer(info.path), { password, code: code ?? null }, context.client);
    context.forget();
    return true;
  }
}

/** The guard of what a challenge opens too: the viewer, where they may change their second factors. */
async function requireChange(
  context: RequestContext,
  { path }: Pick<GraphQLResolveInfo, 'path'>,
): Promise<Viewer> {
  const viewer = context.requireViewer(path);
  await requireAllowed([context.ask(viewer, 'changeMfa', userUid(viewer.userId))]);
  return viewer;
}
