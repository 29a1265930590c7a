import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider';

import { badUserInput, PortcullisError } from '../../errors.js';
import { CODE_NAMES, FACTOR_NAMES, methodOf, methodsOf } from '../cognito/mfa-names.js';
import type { CognitoPool } from '../cognito/pools.js';
import type { AttemptedAccount } from '../rate-limiting/attempts.js';
import type { ClientAddress } from '../sessions/session.js';
import { answerChallenge } from './answer-challenge.js';
import { requireFactorCode } from './code-input.js';
import type { StepAnswer } from './continue-sign-in.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { unsupportedChallenge } from './password-sign-in.js';
import type { PendingProof } from './proof-store.js';

/** Whose proof it is, and what its tries are counted by. */
export interface Asker {
  readonly account: AttemptedAccount;
  readonly address: ClientAddress;
  readonly pool: CognitoPool;
  readonly sessionId: string;
}

/** The second half of a proof of identity, where the account has a second factor. */
export interface ProofCode {
  /** Answers what Cognito asked for after the password, or says which code is needed. */
  readonly ask: (
    asker: Asker,
    asked: StepAnswer,
    given: { readonly password: string; readonly code: string | null },
  ) => Promise<AuthenticationResultType>;
  /** Brings the code that an earlier call had sent. */
  readonly redeem: (asker: Asker, proof: PendingProof, code: string) => Promise<AuthenticationResultType>;
}

export function createProofCode({
  cognito,
  attempts,
  proofs,
}: Pick<AuthenticationDependencies, 'cognito' | 'attempts' | 'proofs'>): ProofCode {
  /** Which factor is asked for. An authenticator is chosen where there is a choice: its code is at hand already. */
  const settle = async (pool: CognitoPool, asked: StepAnswer): Promise<PendingProof> => {
    const { ChallengeName, ChallengeParameters: parameters = {}, Session: session } = asked;
    if (session === undefined) throw unsupportedChallenge();
    const username = parameters.USER_ID_FOR_SRP ?? parameters.USERNAME ?? '';
    const method = methodOf(ChallengeName);
    if (method !== undefined) {
      return { method, username, session, destination: parameters.CODE_DELIVERY_DESTINATION ?? null };
    }
    if (ChallengeName === 'MFA_SETUP') {
      const message = 'A second factor is required, and none is set up. Sign in anew to set it up.';
      throw new PortcullisError('CONFLICT', message);
    }
    const choices = methodsOf(parameters.MFAS_CAN_CHOOSE);
    const choice = choices.includes('TOTP') ? 'TOTP' : choices[0];
    if (ChallengeName !== 'SELECT_MFA_TYPE' || choice === undefined) throw unsupportedChallenge();
    const chosen = await answerChallenge(cognito, pool, {
      name: 'SELECT_MFA_TYPE',
      session,
      username,
      responses: { ANSWER: FACTOR_NAMES[choice] },
    });
    const parametersNow = { ...parameters, ...chosen.ChallengeParameters };
    return settle(pool, { ...chosen, ChallengeParameters: parametersNow });
  };

  const redeem: ProofCode['redeem'] = async ({ account, address, pool, sessionId }, proof, code) => {
    const { method, username, session } = proof;
    const typed = requireFactorCode(method, code);
    try {
      const { AuthenticationResult: result } = await attempts.guard('code', account, address, () =>
        answerChallenge(cognito, pool, {
          name: FACTOR_NAMES[method],
          session,
          username,
          responses: { [CODE_NAMES[method]]: typed },
        }),
      );
      if (!result) throw unsupportedChallenge();
      await proofs.drop(sessionId);
      return result;
    } catch (error) {
      // What has ended is not to stand in the way of the next proof.
      if (error instanceof PortcullisError && error.code === 'CODE_EXPIRED') await proofs.drop(sessionId);
      throw error;
    }
  };

  return {
    redeem,

    async ask(asker, asked, { password, code }) {
      const proof = await settle(asker.pool, asked);
      if (proof.method === 'TOTP') {
        if (code === null) throw codeNeeded(proof);
        return redeem(asker, proof, code);
      }
      await proofs.keep(asker.sessionId, password, proof);
      throw code === null ? codeNeeded(proof) : codeReplaced(proof);
    },
  };
}

/** Nothing waits for the code that was brought: it is used, or too old, or was never sent. */
const codeReplaced = ({ method, destination }: PendingProof) =>
  new PortcullisError(
    'CODE_EXPIRED',
    `The code is no longer good; another one was sent${destination === null ? '' : ` to ${destination}`}.`,
    { details: { argument: 'code', method, ...(destination !== null && { destination }) } },
  );

function codeNeeded({ method, destination }: PendingProof): PortcullisError {
  const message =
    method === 'TOTP'
      ? 'This change needs a code of your authenticator.'
      : `This change needs the code that was sent${destination === null ? '' : ` to ${destination}`}: repeat it with the code.`;
  return badUserInput(message, { argument: 'code', method, ...(destination !== null && { destination }) });
}
