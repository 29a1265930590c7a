import { describe, expect, it } from 'vitest';

import type { Question } from '../../../../src/services/authorization/question.js';
import { withServiceContext } from '../../../../src/services/authorization/service-context.js';
import { parseSchema } from '../../../../src/services/cedar/schema.js';

const schema = parseSchema(`
  entity User;
  action pay appliesTo { principal: User, resource: User, context: { mfaAuthenticated?: Bool, scopes?: Set<String>, channel?: String } };
  action look appliesTo { principal: User, resource: User };
`);

const ask = (action: string, context: Question['context'] = {}): Question => ({
  principal: { type: 'User', id: 'ada' },
  action: { type: 'Action', id: action },
  resource: { type: 'User', id: 'ada' },
  context,
});

describe('withServiceContext', () => {
  it('says what the service knows where the action declares it, and keeps the rest', () => {
    const context = withServiceContext(ask('pay', { channel: 'web' }), { mfaAuthenticated: true }, schema);
    expect(context).toEqual({ channel: 'web', mfaAuthenticated: true });
  });

  it('overrules what the caller claims', () => {
    const claim = ask('pay', { mfaAuthenticated: true });
    expect(withServiceContext(claim, { mfaAuthenticated: false }, schema)).toEqual({
      mfaAuthenticated: false,
    });
  });

  it('leaves out what it does not know of such an asker, whatever the caller claims', () => {
    const claim = ask('pay', { scopes: ['portcullis/decide'], mfaAuthenticated: true, channel: 'web' });
    expect(withServiceContext(claim, { mfaAuthenticated: false }, schema)).toEqual({
      mfaAuthenticated: false,
      channel: 'web',
    });
    expect(withServiceContext(claim, { scopes: ['read'] }, schema)).toEqual({
      scopes: ['read'],
      channel: 'web',
    });
  });

  it('leaves alone an action that does not declare it, for the schema to judge', () => {
    const question = ask('look', { mfaAuthenticated: true });
    expect(withServiceContext(question, { mfaAuthenticated: false }, schema)).toBe(question.context);
  });

  it('overrules the caller where there is no schema too', () => {
    const claim = ask('look', { mfaAuthenticated: true });
    expect(withServiceContext(claim, { mfaAuthenticated: false }, undefined)).toEqual({
      mfaAuthenticated: false,
    });
  });
});
