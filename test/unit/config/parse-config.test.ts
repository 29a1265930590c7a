import { resolve } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ConfigError, parseConfig, parseEmbeddedConfig } from '../../../src/config.js';
import type { Config } from '../../../src/config.js';
import { VARIABLE_NAMES, VARIABLES } from '../../../src/config/variables.js';
import type { Variable } from '../../../src/config/variables.js';

const AWS = {
  AWS_REGION: 'eu-west-1',
  COGNITO_END_USER_POOL_ID: 'eu-west-1_EndUsers1',
  COGNITO_END_USER_CLIENT_ID: 'enduserclient',
  COGNITO_ADMIN_POOL_ID: 'eu-west-1_Admins1',
  COGNITO_ADMIN_CLIENT_ID: 'adminclient',
  AVP_POLICY_STORE_ID: 'PSEXAMPLEabcdefg111111',
};

const PASSWORD = 'Correct-horse-7-battery';

function faultsOf(env: Record<string, string | undefined>): Record<string, string> {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) {
      return Object.fromEntries(error.faults.map(({ variable, message }) => [variable, message]));
    }
    throw error;
  }
  return {};
}

describe('parseConfig', () => {
  it('needs nothing: it is then an embedded development service on loopback', () => {
    expect(parseConfig({})).toMatchObject({
      environment: 'development',
      http: { host: '127.0.0.1', port: 4000, gatewaySecrets: [], trustedProxies: [], corsOrigins: [] },
      embeddedPorts: { cognito: 9229, avp: 9230, sts: 9231 },
      dataDir: resolve('.portcullis'),
      policiesDir: resolve('policies'),
      logLevel: 'info',
      identity: {
        mode: 'embedded',
        seedAdmin: { email: 'admin@example.com' },
        adminMfa: 'optional',
        seedServices: ['demonstration'],
      },
    } satisfies Partial<Config>);
  });

  it('asks Pwned Passwords about new passwords, unless told of another or of none', () => {
    expect(parseConfig({}).breachedPasswords).toBe('https://api.pwnedpasswords.com');
    expect(parseConfig({ BREACHED_PASSWORDS: 'off' })).not.toHaveProperty('breachedPasswords');
    expect(faultsOf({ BREACHED_PASSWORDS: 'no' })).toHaveProperty(
      'BREACHED_PASSWORDS',
      expect.stringMatching(/must be off, or a URL/),
    );
  });

  it('decides by Verified Permissions unless another engine is chosen, which alone may be told how to work', () => {
    expect(parseConfig({}).authorization).toEqual({
      engine: 'avp',
      localPolicies: 'store',
      shadowAnswers: 'avp',
    });
    const chosen = { AUTHORIZATION_ENGINE: 'shadow', LOCAL_POLICIES: 'files', SHADOW_ANSWERS: 'local' };
    expect(parseConfig(chosen).authorization).toEqual({
      engine: 'shadow',
      localPolicies: 'files',
      shadowAnswers: 'local',
    });
    expect(Object.keys(faultsOf({ LOCAL_POLICIES: 'files', SHADOW_ANSWERS: 'avp' }))).toEqual([
      'LOCAL_POLICIES',
      'SHADOW_ANSWERS',
    ]);
    expect(Object.keys(faultsOf({ AUTHORIZATION_ENGINE: 'local', SHADOW_ANSWERS: 'avp' }))).toEqual([
      'SHADOW_ANSWERS',
    ]);
    // Which of them make sense together is not said before the engine itself could be read.
    expect(Object.keys(faultsOf({ AUTHORIZATION_ENGINE: 'cloud', SHADOW_ANSWERS: 'avp' }))).toEqual([
      'AUTHORIZATION_ENGINE',
    ]);
  });

  it('needs no policy store on AWS where all is decided here, from files', () => {
    const local = { ...AWS, AVP_POLICY_STORE_ID: '', AUTHORIZATION_ENGINE: 'local' };
    expect(faultsOf({ ...local, LOCAL_POLICIES: 'files' })).toEqual({});
    expect(parseConfig({ ...local, LOCAL_POLICIES: 'files' }).identity).not.toHaveProperty('policyStoreId');
    expect(faultsOf(local)).toHaveProperty('AVP_POLICY_STORE_ID');
  });

  it('takes a token for the metrics that nobody guesses, and never shows it', () => {
    const token = 't'.repeat(32);
    const config = parseConfig({ METRICS_TOKEN: token });
    expect(config.http.metricsToken).toBe(token);
    expect(JSON.stringify(config.settings)).not.toContain(token);
    expect(faultsOf({ METRICS_TOKEN: 'short' })).toHaveProperty('METRICS_TOKEN');
    expect(parseConfig({}).http).not.toHaveProperty('metricsToken');
  });

  it('takes an empty variable for an unset one', () => {
    const empty = Object.fromEntries(VARIABLE_NAMES.map((name) => [name, '']));
    expect(parseConfig(empty)).toEqual(parseConfig({}));
  });

  it('reads all that is given', () => {
    const config = parseConfig({
      PORTCULLIS_ENV: 'production',
      HOST: '0.0.0.0',
      PORT: '0',
      DATA_DIR: '/var/lib/portcullis',
      POLICIES_DIR: '/etc/policies',
      LOG_LEVEL: 'warn',
      COPROCESSOR_PORT: '4001',
      COPROCESSOR_HOST: '0.0.0.0',
      ROUTER_DIRECTIVES: 'false',
      RATE_LIMITS: 'login.ip=9/1m',
      GATEWAY_SECRET: `${'a'.repeat(32)}, ${'b'.repeat(32)}`,
      TRUSTED_PROXIES: '10.0.0.0/8,::1, fd00::/8',
      CORS_ORIGINS: 'https://app.example.com,http://localhost:3000',
      SECRET_KEY: Buffer.alloc(32, 7).toString('base64url'),
      DATABASE_URL: 'postgresql:///portcullis?host=/run/postgresql',
      REDIS_URL: 'rediss://cache:6380/1',
      BREACHED_PASSWORDS: 'https://pwned.example.com/mirror',
      SEED_ADMIN_EMAIL: 'root@example.org',
      SEED_ADMIN_PASSWORD: PASSWORD,
      SMTP_URL: 'smtp://mail:25',
      SMTP_FROM: 'Doorkeeper <door@example.org>',
      COGNITO_PORT: '1',
      AVP_PORT: '65535',
      STS_PORT: '2',
      RESOURCE_INTERFACE: 'false',
      SEED_SERVICES: 'orders, billing-2',
    });
    const { settings, rateLimits, ...rest } = config;
    expect(settings).toHaveLength(VARIABLE_NAMES.length);
    expect(rateLimits['login.ip']).toEqual({ max: 9, windowMs: 60_000 });
    expect(rest).toEqual({
      sessions: {
        accessTokenLifetimeMs: 900_000,
        refreshTokenLifetimeMs: 604_800_000,
        onClientChange: 'report',
      },
      totpIssuer: 'Portcullis',
      breachedPasswords: 'https://pwned.example.com/mirror',
      environment: 'production',
      http: {
        host: '0.0.0.0',
        port: 0,
        gatewaySecrets: ['a'.repeat(32), 'b'.repeat(32)],
        trustedProxies: ['10.0.0.0/8', '::1', 'fd00::/8'],
        corsOrigins: ['https://app.example.com', 'http://localhost:3000'],
      },
      coprocessor: { host: '0.0.0.0', port: 4001, isLocal: false },
      routerDirectives: false,
      embeddedPorts: { cognito: 1, avp: 65_535, sts: 2 },
      dataDir: '/var/lib/portcullis',
      policiesDir: '/etc/policies',
      authorization: { engine: 'avp', localPolicies: 'store', shadowAnswers: 'avp' },
      logLevel: 'warn',
      resourceInterface: false,
      secretKey: Buffer.alloc(32, 7),
      databaseUrl: 'postgresql:///portcullis?host=/run/postgresql',
      redisUrl: 'rediss://cache:6380/1',
      identity: {
        mode: 'embedded',
        seedAdmin: { email: 'root@example.org', password: PASSWORD },
        adminMfa: 'required',
        seedServices: ['orders', 'billing-2'],
        smtp: { url: 'smtp://mail:25', from: 'Doorkeeper <door@example.org>' },
      },
    });
  });

  it('reads how long tokens live, within what Cognito allows', () => {
    expect(parseConfig({}).sessions).toEqual({
      accessTokenLifetimeMs: 900_000,
      refreshTokenLifetimeMs: 604_800_000,
      onClientChange: 'report',
    });
    const { sessions } = parseConfig({
      ACCESS_TOKEN_LIFETIME: '300s',
      REFRESH_TOKEN_LIFETIME: '3650d',
      SESSION_CLIENT_CHANGE: 'end',
    });
    expect(sessions).toEqual({
      accessTokenLifetimeMs: 300_000,
      refreshTokenLifetimeMs: 3_650 * 86_400_000,
      onClientChange: 'end',
    });
  });

  it.each([
    { ACCESS_TOKEN_LIFETIME: '4m' },
    { ACCESS_TOKEN_LIFETIME: '25h' },
    { ACCESS_TOKEN_LIFETIME: '15' },
    { ACCESS_TOKEN_LIFETIME: '1.5h' },
    { REFRESH_TOKEN_LIFETIME: '59m' },
    { REFRESH_TOKEN_LIFETIME: '3651d' },
    { ACCESS_TOKEN_LIFETIME: '2h', REFRESH_TOKEN_LIFETIME: '1h' },
  ])('refuses the lifetimes %j', (env) => {
    const [name = ''] = Object.keys(env);
    expect(() => parseConfig(env)).toThrow(name);
  });

  it('requires a second factor of administrators, but for those of a demonstration, unless told otherwise', () => {
    const production = { PORTCULLIS_ENV: 'production', SMTP_URL: 'smtp://mail:25' };
    for (const [env, adminMfa] of [
      [{}, 'optional'],
      [{ ADMIN_MFA: 'required' }, 'required'],
      [production, 'required'],
      [{ ...production, ADMIN_MFA: 'optional' }, 'optional'],
    ] as const) {
      expect(parseConfig(env).identity).toMatchObject({ adminMfa });
    }
  });

  it('chooses AWS when Cognito and Verified Permissions are given', () => {
    const identity = parseConfig({
      ...AWS,
      COGNITO_ADMIN_CLIENT_SECRET: 'hush',
      COGNITO_READS_PER_SECOND: '1000',
      COGNITO_ENDPOINT: 'http://127.0.0.1:9229',
    }).identity;
    expect(identity).toEqual({
      mode: 'aws',
      region: 'eu-west-1',
      pools: {
        ADMIN: { poolId: 'eu-west-1_Admins1', clientId: 'adminclient', clientSecret: 'hush' },
        END_USER: { poolId: 'eu-west-1_EndUsers1', clientId: 'enduserclient' },
      },
      policyStoreId: 'PSEXAMPLEabcdefg111111',
      readsPerSecond: { people: 1_000, roles: 40 },
      decisions: { callsPerSecond: { singles: 180, batches: 25 }, singlesUpTo: 8 },
      services: { clients: new Map() },
      cognitoEndpoint: 'http://127.0.0.1:9229',
    });
  });

  it('names every fault at once', () => {
    const faults = faultsOf({
      PORTCULLIS_ENV: 'staging',
      HOST: 'http://here',
      PORT: '70000',
      ALLOW_REMOTE_DEVELOPMENT: 'yes',
      LOG_LEVEL: 'loud',
      GATEWAY_SECRET: 'short',
      TRUSTED_PROXIES: 'nginx',
      CORS_ORIGINS: '*',
      SECRET_KEY: 'short',
      DATABASE_URL: 'mysql://host/db',
      REDIS_URL: 'localhost:6379',
      SEED_ADMIN_EMAIL: 'admin',
      SEED_ADMIN_PASSWORD: 'password',
      SMTP_URL: 'mail.example.com',
      SMTP_FROM: 'nobody',
      COGNITO_PORT: '-1',
      AVP_PORT: '9230.5',
      STS_PORT: 'sts',
      SEED_SERVICES: 'orders billing',
    });
    expect(faults).toEqual({
      PORTCULLIS_ENV: 'PORTCULLIS_ENV must be one of development, production.',
      HOST: 'HOST must be a host name or an IP address, without a port.',
      PORT: 'PORT must be a port: a whole number from 0 (any free one) to 65535.',
      ALLOW_REMOTE_DEVELOPMENT: 'ALLOW_REMOTE_DEVELOPMENT must be true or false.',
      LOG_LEVEL: 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.',
      GATEWAY_SECRET: expect.stringContaining('GATEWAY_SECRET must be at least 32 visible') as string,
      TRUSTED_PROXIES: expect.stringContaining('TRUSTED_PROXIES must be IP addresses or CIDR') as string,
      CORS_ORIGINS: expect.stringContaining('CORS_ORIGINS must be origins such as https://') as string,
      SECRET_KEY: expect.stringContaining('SECRET_KEY must be at least 32 bytes in base64') as string,
      DATABASE_URL: expect.stringContaining('DATABASE_URL must be a URL such as postgres://') as string,
      REDIS_URL: expect.stringContaining('REDIS_URL must be a URL such as redis://') as string,
      SEED_ADMIN_EMAIL: 'SEED_ADMIN_EMAIL must be an email address.',
      SEED_ADMIN_PASSWORD: expect.stringContaining('at least 12 characters') as string,
      SMTP_URL: expect.stringContaining('SMTP_URL must be a URL such as smtps://') as string,
      SMTP_FROM: expect.stringContaining('SMTP_FROM must be an address') as string,
      COGNITO_PORT: expect.stringContaining('COGNITO_PORT must be a port') as string,
      AVP_PORT: expect.stringContaining('AVP_PORT must be a port') as string,
      STS_PORT: expect.stringContaining('STS_PORT must be a port') as string,
      SEED_SERVICES: expect.stringContaining('SEED_SERVICES must be names of services') as string,
    });
  });

  it.each(Object.keys(AWS))('names all that is missing when only %s is set', (only) => {
    const faults = faultsOf({ [only]: AWS[only as keyof typeof AWS] });
    expect(Object.keys(faults).sort()).toEqual(
      Object.keys(AWS)
        .filter((name) => name !== only)
        .sort(),
    );
    for (const message of Object.values(faults)) expect(message).toContain(`${only} chooses AWS`);
  });

  it.each(['COGNITO_ENDPOINT', 'AVP_ENDPOINT'])('takes %s alone for half a configuration', (name) => {
    expect(Object.keys(faultsOf({ [name]: 'http://localhost:9229' })).sort()).toEqual(
      Object.keys(AWS).sort(),
    );
  });

  it('does not take the ports of the embedded engines for AWS', () => {
    expect(parseConfig({ COGNITO_PORT: '1', AVP_PORT: '2' }).identity.mode).toBe('embedded');
  });

  it.each(['0', '-1', '1.5', '10001', '1e3', 'many'])('refuses a budget of %s reads a second', (reads) => {
    const budgets = { COGNITO_READS_PER_SECOND: reads, COGNITO_ROLE_READS_PER_SECOND: reads };
    expect(Object.keys(faultsOf({ ...AWS, ...budgets }))).toEqual(Object.keys(budgets));
  });

  it('refuses pools of another Region, and one pool for both kinds of people', () => {
    expect(
      faultsOf({
        ...AWS,
        COGNITO_ADMIN_POOL_ID: 'us-east-1_x',
        COGNITO_END_USER_POOL_ID: 'eu-west-12_x',
      }),
    ).toEqual({
      COGNITO_ADMIN_POOL_ID:
        'COGNITO_ADMIN_POOL_ID must be in the Region of AWS_REGION: begin with eu-west-1_.',
      COGNITO_END_USER_POOL_ID:
        'COGNITO_END_USER_POOL_ID must be in the Region of AWS_REGION: begin with eu-west-1_.',
    });
    expect(faultsOf({ ...AWS, COGNITO_ADMIN_POOL_ID: AWS.COGNITO_END_USER_POOL_ID })).toEqual({
      COGNITO_ADMIN_POOL_ID: 'COGNITO_ADMIN_POOL_ID must be another pool than COGNITO_END_USER_POOL_ID.',
    });
  });

  it.each(['http://user:pass@localhost', 'ftp://localhost', 'localhost:9229', 'http://localhost/?a=b'])(
    'refuses the endpoint %s',
    (endpoint) => {
      expect(Object.keys(faultsOf({ ...AWS, AVP_ENDPOINT: endpoint }))).toEqual(['AVP_ENDPOINT']);
    },
  );

  it('refuses plain http to another machine in production', () => {
    const production = { ...AWS, PORTCULLIS_ENV: 'production' };
    expect(Object.keys(faultsOf({ ...production, AVP_ENDPOINT: 'http://10.0.0.1:9230' }))).toEqual([
      'AVP_ENDPOINT',
    ]);
    for (const endpoint of ['https://10.0.0.1', 'http://127.0.0.1:9230', 'http://[::1]:9230']) {
      expect(faultsOf({ ...production, AVP_ENDPOINT: endpoint })).toEqual({});
    }
    expect(faultsOf({ ...AWS, AVP_ENDPOINT: 'http://10.0.0.1:9230' })).toEqual({});
  });

  it('needs real mail in embedded production, and none on AWS', () => {
    expect(Object.keys(faultsOf({ PORTCULLIS_ENV: 'production' }))).toEqual(['SMTP_URL']);
    expect(faultsOf({ PORTCULLIS_ENV: 'production', SMTP_URL: 'smtp://mail' })).toEqual({});
    expect(faultsOf({ PORTCULLIS_ENV: 'production', ...AWS })).toEqual({});
    expect(Object.keys(faultsOf({ SMTP_FROM: 'a@example.org' }))).toEqual(['SMTP_URL']);
  });

  it.each(['0.0.0.0', '::', '192.168.0.7', 'example.com', '127.0.0.1.example.com'])(
    'refuses to show development to other machines on %s',
    (host) => {
      expect(Object.keys(faultsOf({ HOST: host }))).toEqual(['HOST']);
      expect(faultsOf({ HOST: host, ALLOW_REMOTE_DEVELOPMENT: 'true' })).toEqual({});
      expect(faultsOf({ HOST: host, PORTCULLIS_ENV: 'production', SMTP_URL: 'smtp://mail' })).toEqual({});
    },
  );

  describe('has routers ask', () => {
    const secret = 's'.repeat(32);
    const production = { PORTCULLIS_ENV: 'production', SMTP_URL: 'smtp://mail' };

    it('nowhere unless a port is given, and then on this machine', () => {
      expect(parseConfig({})).not.toHaveProperty('coprocessor');
      expect(parseConfig({ COPROCESSOR_PORT: '0' }).coprocessor).toEqual({
        host: '127.0.0.1',
        port: 0,
        isLocal: true,
      });
    });

    it.each(['0.0.0.0', '::', '192.0.2.1', 'portcullis.internal'])(
      'from other machines on %s only where they can prove themselves, and in development not at all',
      (host) => {
        const remote = { COPROCESSOR_PORT: '4001', COPROCESSOR_HOST: host };
        expect(Object.keys(faultsOf({ ...production, ...remote }))).toEqual(['GATEWAY_SECRET']);
        expect(faultsOf({ ...production, ...remote, GATEWAY_SECRET: secret })).toEqual({});
        expect(Object.keys(faultsOf({ ...remote, GATEWAY_SECRET: secret }))).toEqual(['COPROCESSOR_HOST']);
        const allowed = { ALLOW_REMOTE_DEVELOPMENT: 'true' };
        expect(faultsOf({ ...remote, ...allowed, GATEWAY_SECRET: secret })).toEqual({});
        expect(Object.keys(faultsOf({ ...remote, ...allowed }))).toEqual(['GATEWAY_SECRET']);
      },
    );

    it('on a port of their own', () => {
      expect(faultsOf({ COPROCESSOR_PORT: '4000' })).toEqual({
        COPROCESSOR_PORT: 'COPROCESSOR_PORT must be another port than PORT.',
      });
      expect(faultsOf({ PORT: '0', COPROCESSOR_PORT: '0' })).toEqual({});
      expect(Object.keys(faultsOf({ COPROCESSOR_HOST: '127.0.0.1' }))).toEqual(['COPROCESSOR_PORT']);
    });
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('shows development on %s', (host) => {
    expect(parseConfig({ HOST: host }).http.host).toBe(host);
  });

  it.each([
    'short-1-Aa',
    'no-upper-case-1',
    'NO-LOWER-CASE-1',
    'No-Digit-At-All',
    'NoSymbolAtAll1',
    'With-a-space 1',
  ])('refuses the password %j, which the pool would not take', (password) => {
    expect(Object.keys(faultsOf({ SEED_ADMIN_PASSWORD: password }))).toEqual(['SEED_ADMIN_PASSWORD']);
  });

  it('names faults by variable and by what is expected, whatever it is given', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('true', '4000', 'development', 'https://x', 'a@b.cd'));
    const env = fc.dictionary(fc.constantFrom(...VARIABLE_NAMES), text);
    fc.assert(
      fc.property(env, (given) => {
        for (const [variable, message] of Object.entries(faultsOf(given))) {
          expect(message).toMatch(new RegExp(`^${variable} must be `));
        }
      }),
    );
  });

  it.each([
    ['GATEWAY_SECRET', `${'a'.repeat(32)},`],
    ['GATEWAY_SECRET', `${'a'.repeat(31)} b`],
    ['GATEWAY_SECRET', 'ä'.repeat(32)],
    // Quotes that some shell or file has left.
    ['GATEWAY_SECRET', `"${'a'.repeat(32)}"`],
    ['GATEWAY_SECRET', `'${'a'.repeat(32)},${'b'.repeat(32)}'`],
    // One that leaves, one that comes.
    ['GATEWAY_SECRET', ['a', 'b', 'c'].map((letter) => letter.repeat(32)).join()],
    // Whoever believes everybody believes nobody.
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TRUSTED_PROXIES', '::/0'],
    ['TRUSTED_PROXIES', '0.0.0.0/1'],
    ['TRUSTED_PROXIES', '10.0.0.1, 128.0.0.0/1'],
    ['TRUSTED_PROXIES', '10.0.0.0/7'],
    ['TRUSTED_PROXIES', '2000::/3'],
    ['TRUSTED_PROXIES', '2001::/15'],
    ['TRUSTED_PROXIES', 'fc00::/6'],
    ['TRUSTED_PROXIES', 'fc:a::/8'],
    // All of IPv4 in another script.
    ['TRUSTED_PROXIES', '::ffff:0:0/96'],
    ['TRUSTED_PROXIES', '::ffff:10.0.0.0/104'],
    ['TRUSTED_PROXIES', 'fe80::1%eth0'],
    ['TRUSTED_PROXIES', 'fe80::%eth0/64'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '10.0.0.1/8/8'],
    ['TRUSTED_PROXIES', 'fd00::/129'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', 'https://*.example.com'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'app.example.com'],
    ['CORS_ORIGINS', 'https://me@app.example.com'],
  ])('refuses %s=%s', (name, value) => {
    expect(Object.keys(faultsOf({ [name]: value }))).toEqual([name]);
  });

  it.each([
    '10.0.0.0/8',
    '2001:db8::/32',
    '2001::/16',
    'fc00::/7',
    'FD00::/8',
    '::ffff:10.0.0.1',
    'fe80::/64',
  ])('believes proxies within %s', (range) => {
    expect(parseConfig({ TRUSTED_PROXIES: range }).http.trustedProxies).toEqual([range]);
  });

  it('never shows a secret, neither in force nor in a fault', () => {
    const secretNames = VARIABLE_NAMES.filter((name) => (VARIABLES[name] as Variable<unknown>).secret);
    expect(secretNames).toContain('SEED_ADMIN_PASSWORD');
    const secret = fc.stringMatching(/^[A-Za-z0-9]{24,40}$/);
    fc.assert(
      fc.property(secret, fc.boolean(), (hush, valid) => {
        const given = {
          SECRET_KEY: valid ? `${hush}${hush}` : `${hush}!`,
          GATEWAY_SECRET: valid ? `${hush}${hush}` : `"${hush}${hush}"`,
          DATABASE_URL: `${valid ? 'postgres' : 'mysql'}://me:${hush}@host/db?password=${hush}`,
          REDIS_URL: `${valid ? 'redis' : ''}://${hush}@host`,
          SEED_ADMIN_PASSWORD: valid ? `aA1-${hush}` : hush,
          SMTP_URL: `${valid ? 'smtp' : 'http'}://${hush}:${hush}@host`,
        };
        const aws = {
          ...AWS,
          COGNITO_ADMIN_CLIENT_SECRET: valid ? hush : `${hush} `,
          COGNITO_END_USER_CLIENT_SECRET: hush,
          COGNITO_ENDPOINT: valid ? 'http://localhost' : `http://me:${hush}@host`,
        };
        for (const env of [given, { ...given, ...aws }]) {
          const shown = valid
            ? JSON.stringify(parseConfig(env).settings)
            : Object.values(faultsOf(env)).join('\n');
          expect(shown).not.toContain(hush);
          expect(shown).toContain('SECRET_KEY');
        }
      }),
    );
  });
});

describe('parseEmbeddedConfig', () => {
  const PRODUCTION = { PORTCULLIS_ENV: 'production', SMTP_URL: 'smtp://mail:25' };

  it.each([{}, PRODUCTION])('wants a loopback address in every environment: %j', (environment) => {
    const env = { ...environment, HOST: '0.0.0.0' };
    expect(() => parseEmbeddedConfig(env)).toThrow(
      /HOST must be a loopback address .* for the embedded engines/,
    );
    expect(parseEmbeddedConfig({ ...env, ALLOW_REMOTE_DEVELOPMENT: 'true' }).http.host).toBe('0.0.0.0');
    expect(parseEmbeddedConfig({ ...environment, HOST: '::1' }).http.host).toBe('::1');
  });

  it('passes over what points at AWS', () => {
    expect(parseEmbeddedConfig(AWS).identity.mode).toBe('embedded');
  });
});
