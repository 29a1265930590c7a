import { describe, expect, it } from 'vitest';

import { findMisspelled } from '../../../src/config/misspelled.js';
import { VARIABLE_NAMES } from '../../../src/config/variables.js';

describe('findMisspelled', () => {
  it.each([
    ['COGNITO_USER_POOL_ID', 'COGNITO_END_USER_POOL_ID'],
    ['COGNITO_ADMIN_POOLID', 'COGNITO_ADMIN_POOL_ID'],
    ['COGNITO_ADMIN_CLIENT_SECRETS', 'COGNITO_ADMIN_CLIENT_SECRET'],
    ['AVP_ENDPIONT', 'AVP_ENDPOINT'],
    ['AVP_POLICYSTORE_ID', 'AVP_POLICY_STORE_ID'],
    ['SEED_ADMIN_PASS', 'SEED_ADMIN_PASSWORD'],
    ['SEED_ADMIN_MAIL', 'SEED_ADMIN_EMAIL'],
    ['SMTP_URI', 'SMTP_URL'],
    ['PORTCULLIS_EVN', 'PORTCULLIS_ENV'],
  ])('asks of %s whether %s was meant', (given, meant) => {
    expect(findMisspelled({ [given]: 'anything' })).toEqual([
      { variable: given, message: `${given} is not a variable of this program: did you mean ${meant}?` },
    ]);
  });

  it('passes its own variables', () => {
    expect(findMisspelled(Object.fromEntries(VARIABLE_NAMES.map((name) => [name, 'anything'])))).toEqual([]);
  });

  it('passes what belongs to others: Kubernetes names the services beside a pod in this way', () => {
    const names = [
      'PORTCULLIS_SERVICE_HOST',
      'PORTCULLIS_PORT',
      'PORTCULLIS_PORT_4000_TCP_ADDR',
      'SMTP_HOST',
    ];
    expect(findMisspelled(Object.fromEntries(names.map((name) => [name, 'anything'])))).toEqual([]);
  });

  it('passes an empty variable, which counts as unset', () => {
    expect(findMisspelled({ SMTP_URI: '' })).toEqual([]);
  });
});
