import { beforeEach, describe, expect, it } from 'vitest';

import type { RequestContext } from '../../../src/context.js';
import { decideCheck } from '../../../src/resolvers/decision-check.js';
import type { Viewer } from '../../../src/services/authentication/viewer.js';
import { userUid } from '../../../src/services/authorization/names.js';
import type { DecideOptions } from '../../../src/services/authorization/decision-loader.js';
import type { Question } from '../../../src/services/authorization/question.js';
import type { ServiceCaller } from '../../../src/services/service-callers/service-caller.js';

const [SOON, LATER] = [new Date(1_000), new Date(2_000)];
const serviceUntil = (expiresAt: Date): ServiceCaller => ({ id: 'orders', scopes: ['decide'], expiresAt });
const adaUntil = (tokenExpiresAt: Date) =>
  ({ userId: 'ada', session: { id: 's', mfaAuthenticated: true }, tokenExpiresAt }) as Viewer;

let asked: (readonly [Question, DecideOptions])[];
let request: RequestContext;
beforeEach(() => {
  asked = [];
  request = {
    ask: () => ({ allowed: true }),
    decisions: {
      decide(question: Question, options: DecideOptions) {
        asked.push([question, options]);
        return { allowed: true };
      },
    },
  } as unknown as RequestContext;
});

const CHECK = { action: 'view', resource: { type: 'Archive::File', id: '1' } };

describe('what a service asks on behalf of a person', () => {
  it.each([
    ['service', serviceUntil(SOON), adaUntil(LATER)],
    ['person', serviceUntil(LATER), adaUntil(SOON)],
  ])('is remembered no longer than the credential of the %s is good', async (_whose, service, subject) => {
    await decideCheck(CHECK, service, request, false, subject);
    expect(asked).toMatchObject([
      [{ principal: userUid('ada') }, { notAfter: SOON, asker: { mfaAuthenticated: true } }],
    ]);
  });

  it('rests on no facts of theirs where it is about another', async () => {
    const check = { ...CHECK, principal: userUid('bob') };
    await decideCheck(check, serviceUntil(LATER), request, true, adaUntil(SOON));
    expect(asked).toMatchObject([
      [{ principal: userUid('bob') }, { notAfter: LATER, asker: undefined, fresh: true }],
    ]);
  });
});
