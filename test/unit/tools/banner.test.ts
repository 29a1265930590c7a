import { describe, expect, it } from 'vitest';

import { banner } from '../../../src/tools/banner.js';
import type { BannerFacts } from '../../../src/tools/banner.js';

const facts: BannerFacts = {
  host: '127.0.0.1',
  port: 4000,
  graphqlPath: '/graphql',
  mode: 'embedded',
  dataLocation: '/srv/.portcullis/database',
  seeded: [
    { email: 'admin@example.com', userType: 'ADMIN', roles: ['administrator'] },
    { email: 'alice@example.com', userType: 'END_USER', roles: ['member'] },
  ],
  credentialsPath: '/srv/.portcullis/seed-credentials',
  serviceCredentialsPath: '/srv/.portcullis/service-credentials',
  startedInMs: 1234,
  development: true,
};

describe('banner', () => {
  it('says in one line that the service is ready and where', () => {
    const ready = banner(facts)
      .split('\n')
      .filter((line) => line.includes('ready on'));
    expect(ready).toHaveLength(1);
    expect(ready[0]).toContain('ready on http://127.0.0.1:4000/graphql');
  });

  it('says the mode, where data is kept, who is seeded, where the passwords are and how long it took', () => {
    const text = banner(facts);
    for (const part of [
      'embedded',
      '/srv/.portcullis/database',
      'admin@example.com (ADMIN, administrator)',
      'alice@example.com (END_USER, member)',
      '/srv/.portcullis/seed-credentials',
      'Services    /srv/.portcullis/service-credentials',
      '1.23 s',
      'http://127.0.0.1:4000/dev/mailbox',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('says where routers ask, if they do', () => {
    expect(banner(facts)).not.toContain('Coprocessor');
    const coprocessorUrl = 'http://127.0.0.1:4001/coprocessor';
    expect(banner({ ...facts, coprocessorUrl })).toContain(`Coprocessor ${coprocessorUrl}`);
  });

  it('says where administrators need no second factor, and how to require it', () => {
    expect(banner(facts)).not.toContain('second factor');
    expect(banner({ ...facts, adminMfa: 'required' })).not.toContain('second factor');
    for (const development of [true, false]) {
      expect(banner({ ...facts, adminMfa: 'optional', development })).toMatch(
        /administrators need no second factor.*ADMIN_MFA=required/,
      );
    }
    expect(banner({ ...facts, adminMfa: 'optional' })).toContain('for demonstration');
  });

  it('puts an IPv6 address in brackets', () => {
    expect(banner({ ...facts, host: '::1' })).toContain('ready on http://[::1]:4000/graphql');
  });

  it('names no development pages in production, and nobody where nobody was seeded', () => {
    const text = banner({
      ...facts,
      mode: 'aws',
      development: false,
      seeded: [],
      credentialsPath: undefined,
      serviceCredentialsPath: undefined,
    });
    expect(text).not.toMatch(/mailbox|Playground|People|Passwords|Services/);
  });
});
